"""Editors that are driven from a command line."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import DELETE, UNKNOWN, WRITE
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.patches import changes
from twelve.factors.guardrails.actions.streams import Stream, merged

_SED = (
    "n|quiet|silent e|expression= f|file= i|in-place=? E r|regexp-extended s|separate u|unbuffered z|null-data l|line-length= "
    "debug posix sandbox follow-symlinks"
)
_VIM = "c= e E s S= u= i= n R y Z es b d L r= t= T= V=? w= W= x o=? O=? p=? cmd="


def stream_editor(call: Invocation) -> None:
    """`sed`: reads its operands, writes them with `-i`; scripts may write files and run commands."""
    options = call.options(_SED)
    operands = list(options.operands)
    scripts = [word.text for word in options.all("--expression")]
    for word in options.all("--file"):
        text = call.state.text_of(call.read(word, options=options))
        scripts.append(text or "")
    if not options.has("--expression", "--file") and operands:
        scripts.append(operands.pop(0).text)
    if options.has("--in-place") and operands and operands[0].text == "" and call.name == "sed":
        operands.pop(0)
    streams = [call.read(word, options=options) for word in operands]
    if options.has("--in-place"):
        for word in operands:
            call.write(word, options=options, verb="edit", target=";".join(scripts)[:400])
        code.load("twelve.factors.guardrails.actions.programs.files", "computed")(call, operands, "edited")
    if scripts and not options.has("--sandbox"):
        code.load("twelve.factors.guardrails.actions.languages.sed", "follow")("\n".join(scripts), call.state, call.stdin, [], "sed")
    source = merged(streams) if streams else call.stdin
    call.output = Stream(None, origin=source.origin, data=source.data)


def line_editor(call: Invocation) -> None:
    """`ed`, `ex`: the file is written; commands come on standard input and may run others."""
    options = call.options("p= s|quiet|silent r G v E l c= V")
    for word in options.operands:
        call.read(word, options=options)
        call.write(word, options=options, verb="edit")
    for word in options.all("-c"):
        _editor_commands(call, word.text)
    if call.stdin.text:
        _editor_commands(call, call.stdin.text)


def screen_editor(call: Invocation) -> None:
    """`vim -c … file`: what is opened may be written; ex commands given on the command line are followed."""
    words = [word for word in call.words if not word.text.startswith("+")]
    given = [word.cut(1).text for word in call.words if word.text.startswith("+")]
    call.words = words
    options = call.options(_VIM)
    for word in options.all("-S", "-u"):
        given += (call.state.text_of(call.read(word)) or "").split("\n")
    given += [word.text for word in options.all("-c", "--cmd")]
    for word in options.operands:
        if word.text != "-":
            call.write(word, options=options, verb="edit")
    for text in given:
        _editor_commands(call, text)
    if call.stdin.text and options.has("-s", "-e", "-E", "-es"):
        _editor_commands(call, call.stdin.text)


_RUNNING = ("", "r", "read", "sil", "silent", "exe", "execute", "terminal", "term", "w", "write")
_SAVING = ("w", "write", "saveas", "sav", "wq", "x", "up", "update", "W")
_CODE = ("call", "py", "py3", "python3", "lua", "perl", "ruby", "source", "so")


def _editor_commands(call: Invocation, text: str) -> None:
    """`:w file`, `:!command`, `:r !command`, `:w !command`, `:call delete("x")`, `:py …`."""
    for line in text.replace("|", "\n").split("\n"):
        line = line.strip().lstrip(":")
        word = line.partition(" ")[0]
        tail = line.partition(" ")[2].strip()
        before, bang, command = line.partition("!")
        head = before.strip(" %0123456789,$.")
        if bang and command.strip() and head in _RUNNING and (head not in _SAVING or before.endswith(" ")):
            call.run([Argument("sh"), Argument("-c"), Argument(text[text.find("!") + 1 :].split("\n")[0])])
            call.output = None
        elif word.rstrip("!") in _SAVING and tail:
            call.write(Argument(tail.lstrip(">! ")), verb="edit")
        elif word in ("r", "read", "e", "edit") and tail:
            call.read(Argument(tail))
        elif word in _CODE or any(sign in line for sign in ("system(", "delete(", "writefile(")):
            code.near_words(line, call.state, "an editor's script")


def patch_tool(call: Invocation) -> None:
    """`apply_patch`, from an argument or standard input."""
    text = call.words[0].text if call.words else call.state.text_of(call.stdin)
    found = changes(text or "")
    for change in found:
        for place in call.state.places(change.path):
            call.add(DELETE if change.kind in ("delete", "move") else WRITE, place=place, verb="patch")
    if not found:
        call.add(UNKNOWN, detail="a patch that names no file", certain=False)


def person_editor(call: Invocation) -> None:
    """Editors that wait for a person; emacs also runs code."""
    for at, word in enumerate(call.words):
        name, sign, _ = word.text.partition("=")
        if name in ("--eval", "-eval", "--execute", "-execute"):
            given = word.cut(len(name) + 1) if sign else call.words[at + 1] if at + 1 < len(call.words) else word
            code.near_words(given.text, call.state, "an editor's script")
            code.load("twelve.factors.guardrails.actions.programs.interpreters", "spoken")(call, given.text)
    for word in call.words:
        if not word.text.startswith(("-", "+")):
            call.write(word, verb="edit")


PROGRAMS = {
    "sed": stream_editor, "ed": line_editor, "ex": line_editor, "vi": screen_editor, "vim": screen_editor, "nvim": screen_editor,
    "view": screen_editor, "apply_patch": patch_tool, "applypatch": patch_tool, "editing": person_editor,
}  # fmt: skip
