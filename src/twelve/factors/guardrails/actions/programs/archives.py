"""Archives and patches: what is packed is read, what is unpacked is written below a folder."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, WRITE
from twelve.factors.guardrails.actions.code import load
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, read
from twelve.factors.guardrails.actions.patches import unified
from twelve.factors.guardrails.actions.streams import REFERENCES, Stream, merged, union

_TAR = (
    "c|create x|get|extract t|list r|append u|update A|concatenate d|diff delete f|file= C|directory= z|gzip j|bzip2 J|xz v|verbose "
    "p|preserve-permissions "
    "I|use-compress-program= T|files-from= X|exclude-from= exclude= to-command= checkpoint-action= checkpoint=? O|to-stdout "
    "k|keep-old-files "
    "P|absolute-names strip-components= transform|xform= overwrite remove-files owner= group= mode= no-same-owner wildcards zstd "
    "a|auto-compress "
    "g|listed-incremental= h|dereference totals one-top-level=? F|info-script|new-volume-script= rsh-command= recursive-unlink "
    "unlink-first U m S b= N= V="
)


def tar(call: Invocation) -> None:
    """The first word may be letters without a dash."""
    words = list(call.words)
    if words and not words[0].text.startswith("-") and words[0].text[:1] in "ctxruAd":
        words = _old_style(words)
    options = read(words, _TAR)
    for value in options.all("--to-command", "--use-compress-program", "--rsh-command", "--new-volume-script"):
        call.run([Argument("sh"), Argument("-c"), value])
    for value in options.all("--checkpoint-action"):
        if value.text.startswith("exec="):
            call.run([Argument("sh"), Argument("-c"), value.cut(5)])
    folder = options.value("--directory") or Argument(".")
    file = options.value("--file")
    if options.has("--extract"):
        stream = call.read(file, options=options) if file and file.text != "-" else call.stdin
        if not options.has("--to-stdout"):
            strip = options.value("--strip-components")
            _unpacked(call, folder, options.operands if file else [], stream, int(strip.text) if strip and strip.text.isdigit() else 0)
        call.output = Stream(None, origin=stream.origin, data=stream.data)
    elif options.has("--create", "--append", "--update"):
        _packed(call, file, folder, options.operands, removes=options.has("--remove-files"))


def _old_style(words: list[Argument]) -> list[Argument]:
    """`tar xfC a.tar dir`: each letter that takes a value takes the next word."""
    rest = words[1:]
    made: list[Argument] = []
    for letter in words[0].text:
        made.append(Argument("-" + letter))
        if letter in "fCITXbNVFg" and rest:
            made.append(rest.pop(0))
    return made + rest


def _inside(folder: Argument, name: str) -> Argument:
    return Argument(name if name.startswith("/") else folder.text.rstrip("/") + "/" + name, exact=folder.exact)


def _packed(call: Invocation, file: Argument | None, folder: Argument, names: list[Argument], *, removes: bool) -> None:
    data: tuple[str, ...] = ()
    for word in names:
        inside = _inside(folder, word.text)
        inside.pattern = word.pattern
        data = union(data, call.read(inside, verb="pack", recursive=True).data)
        if removes:
            call.delete(inside, recursive=True)
    content = Stream(None, data=data)
    content.members = tuple(word.text for word in names if word.exact and not word.pattern)
    if file is not None and file.text != "-":
        call.write(file, content=content)
        call.quiet()
    else:
        call.output = content


_MARKED = ("twelve.toml", "jenkinsfile", "codeowners", "lefthook", "husky.config", "simple-git-hooks")
"""How names begin that matter without a hidden folder in them; lower case."""
MARKED = 200
"""Names of one archive that are told one by one."""


def marked(names: tuple[str, ...], strip: int = 0) -> list[str]:
    """Names among an archive's members that may lead to something protected: hidden, absolute, upwards, or known."""
    found: list[str] = []
    for name in names:
        pieces = [piece for piece in name.split("/") if piece != "."][strip:]
        if not pieces or pieces == [""]:
            continue
        if not pieces[0] or any(piece[:1] == "." for piece in pieces) or pieces[-1].lower().startswith(_MARKED):
            found.append("/".join(pieces))
    return list(dict.fromkeys(found))[:MARKED]


def unpack(call: Invocation, folder: Argument, stream: Stream, strip: int = 0) -> None:
    """What a readable archive puts below the folder; what an unreadable one may put there cannot be told."""
    if not call.state.look or stream.members:
        return
    known = load("twelve.factors.guardrails.actions.members", "names")(stream.path) if stream.path else None
    if known is None:
        call.unknown(
            "an archive whose names cannot be read is unpacked", Argument(folder.text.rstrip("/") + "/.twelve", exact=folder.exact)
        )
        return
    content = Stream(None, origin=stream.origin)
    for name in marked(known, strip):
        call.write(_inside(folder, name), verb="extract", recursive=True, content=content)


def _unpacked(call: Invocation, folder: Argument, names: list[Argument], stream: Stream, strip: int = 0) -> None:
    """The names asked for; all of the folder when none is."""
    if not names:
        unpack(call, folder, stream, strip)
    content = Stream(None, origin=stream.origin)
    for word in names:
        call.write(_inside(folder, word.text), verb="extract", recursive=True, content=content)
    if not names:
        call.write(folder, verb="extract", recursive=True, content=content)
        for name in stream.members:
            call.write(_inside(folder, name), verb="extract", recursive=True, content=content)


def unzip(call: Invocation) -> None:
    """`unzip archive [names] [-d folder]`."""
    options = call.options("d= x= l p t v n o q j a u f P= Z")
    if options.has("-l", "-t", "-v", "-Z") or not options.operands:
        return
    archive = options.operands[0]
    if call.state.look and not archive.text.lower().endswith(".zip") and call.text_of(Argument(archive.text + ".zip")) is not None:
        archive = Argument(archive.text + ".zip", exact=archive.exact)
    stream = call.read(archive, options=options)
    call.output = Stream(None, origin=stream.origin, data=stream.data)
    if not options.has("-p"):
        _unpacked(call, options.value("-d") or Argument("."), options.operands[1:], stream)


def pack(call: Invocation) -> None:
    """`zip archive names`."""
    options = call.options("r|recurse-paths q u f d m|move i= x= P|password= e 9 j y o T TT= b= n= t= tt=")
    if len(options.operands) < 1:
        return
    data: tuple[str, ...] = ()
    for word in options.operands[1:]:
        data = union(data, call.read(word, verb="pack", recursive=True).data)
        if options.has("--move"):
            call.delete(word, recursive=True)
    for value in options.all("-TT", "--TT"):
        call.run([Argument("sh"), Argument("-c"), value])
    content = Stream(None, data=data)
    content.members = tuple(word.text for word in options.operands[1:] if word.exact and not word.pattern)
    call.write(options.operands[0], content=content)


def archiver(call: Invocation) -> None:
    """`7z x archive -odir`, `unrar x`, `ar x`, `jar xf`: the verb says which way."""
    texts = [word for word in call.words if not word.text.startswith("-")]
    verb = texts[0].text if texts else ""
    folder = next((word.cut(2) for word in call.words if word.text.startswith("-o")), Argument("."))
    if verb[:1] in ("x", "e") and len(texts) > 1:
        _unpacked(call, folder, [], call.read(texts[1]))
    elif verb[:1] in ("a", "u", "c", "r", "q") and len(texts) > 1:
        data: tuple[str, ...] = ()
        for word in texts[2:]:
            data = union(data, call.read(word, verb="pack", recursive=True).data)
        call.write(texts[1], content=Stream(None, data=data))


def squeeze(call: Invocation) -> None:
    """`gzip`, `xz`: the file is replaced by its packed form, or the other way round."""
    options = call.options("c|stdout d|decompress k|keep f|force t|test l|list q|quiet v|verbose n N r|recursive S|suffix= o= T= rm")
    unpacks = options.has("--decompress") or call.name.startswith(("un", "gun", "bun"))
    streams = [call.read(word, options=options, recursive=options.has("--recursive")) for word in options.operands]
    source = merged(streams) if streams else call.stdin
    call.output = Stream(None, origin="decoded" if unpacks and source.origin == "local" else source.origin, data=source.data)
    if options.has("--stdout", "--test", "--list"):
        return
    for word in options.operands:
        target = options.value("-o")
        name = word.text.rpartition(".")[0] if unpacks and "." in word.text else word.text + (".gz" if not unpacks else "")
        call.write(target or Argument(name, exact=word.exact), options=options, content=call.output)
        if not options.has("--keep"):
            call.delete(word, options=options, verb="replace")


def copy_in(call: Invocation) -> None:
    """`cpio -i`, `pax -r`: unpacks here; `-p` and `-rw` copy into a folder."""
    options = call.options(
        "i|extract o|create p|pass-through d|make-directories D|directory= F|file= I= O= E= H= m u v R= r w f= s= t|list"
    )
    folder = options.value("--directory") or Argument(".")
    source = options.value("--file") or options.value("-I")
    stream = call.read(source) if source else call.stdin
    if options.has("--extract") or (call.name == "pax" and options.has("-r") and not options.has("-w")):
        call.write(folder, verb="extract", recursive=True, content=Stream(None, origin=stream.origin))
        if not options.has("--list"):
            unpack(call, folder, stream)
    elif options.has("--pass-through") or (options.has("-r") and options.has("-w")):
        for word in options.operands[-1:]:
            call.write(word, verb="copy", recursive=True)
    elif source is not None and options.has("--create", "-w"):
        call.write(source)


def patch_text(call: Invocation, stream: Stream) -> str | None:
    """A patch, or of a long one the lines that name files."""
    text = call.state.text_of(stream)
    if text is None and stream.path and call.state.look:
        text = load("twelve.factors.guardrails.actions.members", "headings")(stream.path)
    return text


def unseen_patch(call: Invocation, stream: Stream, folder: Argument | None = None) -> None:
    """What a patch changes that cannot be seen: it may be anything below here, unless git printed it from the history."""
    if REFERENCES in stream.data:
        call.unknown("a patch that cannot be seen from here", folder or Argument("."), below=True)
        return
    where = folder.text.rstrip("/") if folder else "."
    call.unknown("a patch that cannot be seen from here", Argument(where + "/.twelve" if call.state.look else where), below=True)


def of_module(call: Invocation, words: list[Argument]) -> None:
    """`python -m zipfile -e archive folder`, `python -m tarfile -e archive`."""
    texts = [word.text for word in words]
    if not texts or texts[0] not in ("-e", "--extract") or len(words) < 2:
        return
    folder = words[2] if len(words) > 2 and not texts[2].startswith("-") else Argument(".")
    _unpacked(call, folder, [], call.read(words[1]))


def patch(call: Invocation) -> None:
    """Files named in the diff, or the one on the command line."""
    options = call.options(
        "p|strip= i|input= d|directory= o|output= r|reject-file= R|reverse N|forward E|remove-empty-files b|backup s|quiet f|force "
        "t|batch dry-run "
        "F|fuzz= u c e n l Z T B|prefix= z|suffix= V= binary verbose Y= D|ifdef="
    )
    if options.has("--dry-run"):
        return
    source = options.value("--input")
    operands = options.operands
    stream = call.read(source) if source else call.read(operands[1]) if len(operands) > 1 else call.stdin
    folder = options.value("--directory")
    output = options.value("--output")
    if output is not None:
        call.write(output, verb="patch")
        return
    if operands:
        call.write(operands[0], verb="patch", options=options)
        return
    text = patch_text(call, stream)
    strip = options.value("--strip")
    if text is None:
        unseen_patch(call, stream, folder)
        return
    for change in unified(text, int(strip.text) if strip and strip.text.isdigit() else 0):
        word = _inside(folder, change.path) if folder else Argument(change.path)
        for place in call.places(word):
            call.add(DELETE if change.kind in ("delete", "move") else WRITE, place=place, verb="patch", words=())


PROGRAMS = {
    "tar": tar, "bsdtar": tar, "unzip": unzip, "zip": pack, "patch": patch, "cpio": copy_in, "pax": copy_in,
    **dict.fromkeys(("7z", "7za", "7zr", "unrar", "rar", "ar", "jar", "unsquashfs"), archiver), "archives": squeeze,
}  # fmt: skip
