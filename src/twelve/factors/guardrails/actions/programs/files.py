"""Programs that create, move and remove files."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.paths import UNKNOWN, listed
from twelve.factors.guardrails.actions.streams import Stream

_ASKS = ("--help", "--version")
_REMOVE = "f|force i I r|R|recursive d|dir v|verbose one-file-system no-preserve-root preserve-root=? interactive=? P W"
_COPY = (
    "f|force r|R|recursive a|archive b|backup=? t|target-directory= T|no-target-directory S|suffix= l|link s|symbolic-link u|update=? "
    "v|verbose n|no-clobber i|interactive p P|no-dereference L|dereference d x|one-file-system H Z preserve=? no-preserve= "
    "remove-destination parents strip-trailing-slashes reflink=? sparse= attributes-only context=? exchange"
)
_INSTALL = (
    "m|mode= o|owner= g|group= t|target-directory= T|no-target-directory D d|directory b|backup=? S|suffix= s|strip "
    "p|preserve-timestamps v|verbose C|compare"
)


def _asked(options: Options) -> bool:
    """Asking for help does nothing else."""
    return options.has(*_ASKS)


def remove(call: Invocation) -> None:
    """`rm` and its relatives."""
    call.quiet()
    options = call.options(_REMOVE)
    recursive = options.has("--recursive") or call.name in ("rimraf", "trash", "trash-put", "del-cli", "wipe")
    if _asked(options):
        call.execute(options=options)
        return
    for word in options.operands:
        call.delete(word, options=options, recursive=recursive)
    computed(call, options.operands, "removed")


def computed(call: Invocation, words: list[Argument], what: str) -> None:
    """Names that a program prints while the call runs may be any file of the tree."""
    if any(word.computed and word.text.startswith(UNKNOWN) for word in words):
        call.unknown(f"which files are {what} is computed while the call runs", Argument(call.state.work.surroundings.root + "/.twelve"))


def remove_folder(call: Invocation) -> None:
    """`rmdir`: empty folders only."""
    call.quiet()
    options = call.options("p|parents v|verbose ignore-fail-on-non-empty")
    for word in [] if _asked(options) else options.operands:
        call.delete(word, options=options, verb="rmdir")


def shred(call: Invocation) -> None:
    """Overwrites, and removes with `-u`."""
    options = call.options("n|iterations= s|size= random-source= u z|zero f|force v|verbose x|exact remove=?")
    for word in options.operands:
        call.write(word, options=options, verb="shred")
        call.delete(word, options=options, verb="shred")


def _destinations(call: Invocation, options: Options) -> tuple[list[Argument], list[Argument]]:
    """What is copied, and where each of it lands."""
    operands = list(options.operands)
    target = options.value("--target-directory")
    if target is None and len(operands) > 1:
        target = operands.pop()
        if len(operands) == 1 and operands[0].pattern <= target.pattern and not _is_folder(call, options, target):
            return operands, [target]
    if target is None:
        return operands, []
    return operands, [_below(target, word) for word in operands]


def _is_folder(call: Invocation, options: Options, target: Argument) -> bool:
    if options.has("--no-target-directory"):
        return False
    if target.text.endswith(("/", "/.", "/..")) or target.text in (".", "..", "~"):
        return True
    return any(call.state.folder_is_there(place.real) for place in call.state.places(target.text))


def _below(folder: Argument, word: Argument) -> Argument:
    name = word.text.rstrip("/").rpartition("/")[2]
    if name in ("", ".", ".."):
        name = "*" if name == "." else ""
    text = folder.text.rstrip("/") + "/" + name if folder.text != "/" else "/" + name
    return Argument(text, exact=folder.exact and word.exact, pattern=folder.pattern or word.pattern or name == "*")


def copy(call: Invocation) -> None:
    """`cp`: reads the sources, writes the destinations; a copied program or script is still what it was."""
    call.quiet()
    options = call.options(_COPY)
    if _asked(options):
        return
    recursive = options.has("--recursive", "--archive")
    verb = "link" if options.has("--link", "--symbolic-link") else "copy"
    sources, destinations = _destinations(call, options)
    if options.has("--parents") and destinations:
        folder = options.operands[-1] if options.value("--target-directory") is None else options.value("--target-directory")
        destinations = [Argument((folder.text if folder else ".") + "/" + word.text, pattern=word.pattern) for word in sources]
    if destinations and any(word.text.endswith("/.") for word in sources) and call.state.look:
        target = options.value("--target-directory") or options.operands[-1]
        if verb == "link":
            for word in sources:
                call.write(target, options=options, verb=verb, recursive=recursive, target=_path(call, word))
        whole = [word.text.endswith("/.") and poured(call, word, target) for word in sources]
        destinations = [word for word, done in zip(destinations, whole, strict=False) if not done]
        sources = [word for word, done in zip(sources, whole, strict=False) if not done]
    streams = [call.read(word, options=options, verb=verb, recursive=recursive) for word in sources]
    for word, source, stream in zip(destinations, sources, streams, strict=False):
        call.write(word, options=options, verb=verb, recursive=recursive, content=stream, target=_path(call, source))
        if verb == "link":
            _remember(call, word, source)


POURED = 64
"""Names of a folder that are told one by one when its content is copied."""


def poured(call: Invocation, source: Argument, target: Argument) -> bool:
    """The content of a folder lands in another: every name in it, hidden ones first. False when it cannot be looked at."""
    found = [listed(place.real) for place in call.state.places(source.text)[:1] if call.state.folder_is_there(place.real)]
    if not found or not call.state.look:
        return False
    call.read(source, verb="copy", recursive=True)
    for name in sorted((*found[0][0], *found[0][1]), key=lambda name: name[0] != ".")[:POURED]:
        call.write(Argument(target.text.rstrip("/") + "/" + name, exact=target.exact), verb="copy", recursive=name in found[0][1])
    return True


def _path(call: Invocation, word: Argument) -> str:
    return call.state.places(word.text)[0].path


def _remember(call: Invocation, link: Argument, target: Argument) -> None:
    place = call.state.places(target.text)[0]
    if place.real and not place.partial:
        call.state.links[_path(call, link)] = place.real


def move(call: Invocation) -> None:
    """`mv`: the old path goes away, the new one is written."""
    call.quiet()
    options = call.options(_COPY)
    if _asked(options):
        return
    sources, destinations = _destinations(call, options)
    for word, source in zip(destinations, sources, strict=False):
        origin = call.places(source)[0]
        stream = call.state.stream_of(origin)
        call.write(word, options=options, verb="move", recursive=True, content=stream, target=_path(call, source))
        call.delete(source, options=options, verb="move", recursive=True, target=_path(call, word))


def link(call: Invocation) -> None:
    """`ln`: the link is written; whoever writes through it writes the target."""
    call.quiet()
    options = call.options("f|force s|symbolic n|no-dereference T|no-target-directory t|target-directory= r|relative v|verbose b|backup=? "
                           "S|suffix= L|logical P|physical i|interactive d|directory F")  # fmt: skip
    if _asked(options):
        return
    sources, destinations = _destinations(call, options)
    if len(sources) == 1 and not destinations:
        destinations = [_below(Argument("."), sources[0])]
    for word, source in zip(destinations, sources, strict=False):
        target = _link_target(call, word, source, symbolic=options.has("--symbolic") and not options.has("--relative"))
        call.write(word, options=options, verb="link", content=Stream(None, path=target, data=(target,)), target=target)
        if target:
            call.state.files.pop(_path(call, word), None)
            call.state.links[_path(call, word)] = target


def _link_target(call: Invocation, link_word: Argument, source: Argument, *, symbolic: bool) -> str:
    """Symbolic links are read from where they lie, hard links from here."""
    text = source.text
    if symbolic and not text.startswith("/"):
        folder = _path(call, link_word).rpartition("/")[0]
        text = folder + "/" + text
    place = call.state.places(text)[0]
    return place.real


def install(call: Invocation) -> None:
    """`install`: a copy with a mode, or folders."""
    call.quiet()
    options = call.options(_INSTALL)
    if options.has("--directory"):
        for word in options.operands:
            call.write(word, options=options, verb="mkdir")
        return
    sources, destinations = _destinations(call, options)
    for word, source in zip(destinations, sources, strict=False):
        stream = call.read(source, options=options, verb="copy")
        call.write(word, options=options, verb="copy", content=stream, target=_path(call, source))


def tee(call: Invocation) -> None:
    """Writes its input to every operand and passes it on."""
    options = call.options("a|append i|ignore-interrupts p output-error=?")
    for word in options.operands:
        call.write(word, options=options, verb="append" if options.has("--append") else "write", content=call.stdin)
    call.output = call.stdin


def sponge(call: Invocation) -> None:
    """Soaks up its input, then writes it."""
    for word in call.options("a").operands:
        call.write(word, content=call.stdin)
    call.quiet()


def convert(call: Invocation) -> None:
    """`dd if= of=`."""
    source = call.stdin
    target: Argument | None = None
    for word in call.words:
        if word.text.startswith("if="):
            source = call.read(word.cut(3))
        elif word.text.startswith("of="):
            target = word.cut(3)
    if target is not None:
        call.write(target, verb="write", content=source, target="dd")
        call.quiet()
    else:
        call.output = source


def touch(call: Invocation) -> None:
    """Creates what is not there and changes times."""
    call.quiet()
    options = call.options("a c|no-create d|date= f h|no-dereference m r|reference= t= time=")
    for word in [] if _asked(options) else options.operands:
        call.write(word, options=options, verb="touch", content=call.state.stream_of(call.state.places(word.text)[0]))


def truncate(call: Invocation) -> None:
    """Cuts or lengthens files."""
    call.quiet()
    options = call.options(
        "c|no-create o|io-blocks r|reference= s|size= l|length= n|offset= p|punch-hole z|zero-range d|dig-holes x|posix v|verbose"
    )
    for word in [] if _asked(options) else options.operands:
        call.write(word, options=options, verb="truncate")


def folders(call: Invocation) -> None:
    """`mkdir`, `mkfifo`, `mknod`."""
    call.quiet()
    options = call.options("m|mode= p|parents v|verbose Z context=?")
    operands = options.operands[:1] if call.name == "mknod" else options.operands
    for word in [] if _asked(options) else operands:
        call.write(word, options=options, verb=call.name)


def split(call: Invocation) -> None:
    """`split`, `csplit`: pieces beside the prefix."""
    options = call.options(
        "a|suffix-length= b|bytes= C|line-bytes= l|lines= n|number= d e x t|separator= additional-suffix= filter= f|prefix= k s z"
    )
    operands = options.operands
    if operands:
        call.read(operands[0], options=options)
    prefix = options.value("--prefix") or (operands[1] if len(operands) > 1 and call.name == "split" else Argument("x"))
    call.write(Argument(prefix.text + "*", exact=prefix.exact, pattern=True), options=options, verb="write")


def rename(call: Invocation) -> None:
    """`rename s/a/b/ files`: the names go away, the new ones are not known."""
    options = call.options("n|no-act|nono|just-print v|verbose f|force e= o|no-overwrite")
    for word in options.operands[1:]:
        call.add(DELETE, options=options, place=call.places(word)[0], verb="move")
        folder = word.text.rpartition("/")[0] or "."
        call.write(Argument(folder + "/*", pattern=True), options=options, verb="move")


def format_device(call: Invocation) -> None:
    """`mkfs`, `wipefs`, `mkswap`: everything on a device is gone."""
    for word in call.options("t= L= U= F f q n o= a").operands[-1:]:
        call.delete(word, verb="format", recursive=True)
        call.write(word, verb="format")


def desktop(call: Invocation) -> None:
    """`gio trash`, `gio remove`, `gio move`, `gio copy`."""
    words = call.words[1:]
    verb = call.texts[0] if call.texts else ""
    names = [word for word in words if not word.text.startswith("-")]
    for word in names if verb in ("trash", "remove") else names[:-1] if verb == "move" else []:
        call.delete(word, recursive=True)
    if verb in ("move", "copy", "save") and names:
        call.write(names[-1])


PROGRAMS = {
    "shx": lambda call: call.run(list(call.words)) and None,
    "rm": remove, "unlink": remove, "srm": remove, "trash": remove, "trash-put": remove, "rimraf": remove, "del-cli": remove,
    "wipe": remove, "rmdir": remove_folder, "shred": shred, "cp": copy, "ditto": copy, "mv": move, "ln": link, "link": link,
    "install": install, "tee": tee, "sponge": sponge, "dd": convert, "touch": touch, "truncate": truncate, "fallocate": truncate,
    "mkdir": folders, "mkfifo": folders, "mknod": folders, "split": split, "csplit": split, "rename": rename, "gio": desktop,
    "mkfs": format_device, "mkswap": format_device, "wipefs": format_device, "files": format_device,
}  # fmt: skip
