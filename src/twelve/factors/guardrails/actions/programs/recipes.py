"""Task files other than makefiles, scripts of cmake, gdb and expect: the commands in them are followed."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, KILL
from twelve.factors.guardrails.actions.code import run as run_code
from twelve.factors.guardrails.actions.code import shell_text
from twelve.factors.guardrails.actions.handed import touched
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, plain, split
from twelve.factors.guardrails.actions.streams import silence

LINES = 60
"""Commands of one file that are followed."""
_TASKFILES = ("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml")
_TOOLS = {
    "rm": ("rm",), "remove": ("rm", "-f"), "remove_directory": ("rm", "-rf"), "copy": ("cp",), "copy_if_different": ("cp",),
    "copy_directory": ("cp", "-r"), "copy_directory_if_different": ("cp", "-r"), "rename": ("mv",), "touch": ("touch",),
    "touch_nocreate": ("touch",), "make_directory": ("mkdir", "-p"), "create_symlink": ("ln", "-s"), "create_hardlink": ("ln",),
    "cat": ("cat",), "tar": ("tar",), "env": ("env",), "time": ("env",), "compare_files": ("cmp",), "echo": ("echo",),
    "echo_append": ("echo",), "md5sum": ("md5sum",), "sha256sum": ("sha256sum",),
}  # fmt: skip
"""What `cmake -E` calls by other names."""


def cmake(call: Invocation) -> None:
    """`cmake -E tool`, `cmake -P script`; everything else builds."""
    texts = call.texts
    if texts[:1] == ("-E",) and len(texts) > 1:
        if texts[1] == "chdir" and len(texts) > 3:
            state = call.state.child(call.name)
            state.go(tuple(state.places(texts[2])))
            call.run(list(call.words[3:]), state=state)
        elif texts[1] in _TOOLS:
            rest = call.words[2:]
            rest = rest[1:] if texts[1] == "env" and rest and rest[0].text == "--" else rest
            call.run([*plain(*_TOOLS[texts[1]]), *rest])
        return
    call.add(EXECUTE, options=call.options(""))
    touched(call)
    for at, text in enumerate(texts[:-1]):
        if text == "-P":
            _commands(call, call.text_of(call.words[at + 1]) or "")


def _commands(call: Invocation, text: str) -> None:
    """`execute_process(COMMAND …)` of a cmake script."""
    for piece in text.split("COMMAND")[1 : LINES + 1]:
        words = split(Argument(piece.partition(")")[0]))
        ends = [at for at, word in enumerate(words) if word.text.isupper() and word.text.isalpha() and len(word.text) > 4]
        chosen = words[: ends[0]] if ends else words
        if chosen:
            call.run(chosen)


def task(call: Invocation) -> None:
    """`task go`: the commands of the task, and of those it names."""
    options = call.options("t|taskfile= d|dir= n|dry l|list a|list-all w|watch s|silent y|yes f|force p|parallel c|color C|concurrency= v")
    call.add(EXECUTE, options=options)
    file = options.value("--taskfile")
    if options.has("--dry", "--list", "--list-all"):
        return
    names = [file] if file else [Argument(name) for name in _TASKFILES]
    text = next((found for found in (call.text_of(name) for name in names) if found is not None), None)
    if text is not None:
        for word in [word for word in options.operands if "=" not in word.text] or plain("default"):
            _task(call, text.split("\n"), word.text, 0)


def _task(call: Invocation, lines: list[str], name: str, depth: int) -> None:
    inside = -1
    for line in lines if depth < 4 else ():
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if inside >= 0 and stripped and indent <= inside:
            return
        if inside < 0:
            inside = indent if indent and stripped.partition(":")[0].strip("'\"") == name and ":" in stripped else -1
            stripped = stripped.partition(":")[2].strip() if inside >= 0 else ""
            if not stripped:
                continue
        _step(call, lines, stripped, depth)


def _step(call: Invocation, lines: list[str], text: str, depth: int) -> None:
    listed = text.startswith("- ")
    text = text.removeprefix("- ").strip()
    key, colon, value = text.partition(": ")
    if colon and key in ("cmd", "sh", "cmds", "defer"):
        text, listed = value.strip(), True
    elif colon and key == "task":
        _task(call, lines, value.strip().strip("'\""), depth + 1)
        return
    if listed and text not in ("|", ">", "") and not (colon and key.isidentifier() and key not in ("cmd", "sh", "cmds", "defer")):
        _line(call, text.strip("'\"") if text[:1] in "'\"" and text[-1:] == text[:1] else text)


def _line(call: Invocation, text: str) -> None:
    inner = call.state.child(call.name)
    run_code("shell", text.replace("{{", "${").replace("}}", "}"), inner, origin="local", stdin=silence(), words=[], program="sh")


def expect(call: Invocation) -> None:
    """Lines of an expect script that start a program: `spawn …`, `exec …`, `system …`."""
    options = call.options("c= f= b d i n N v D= -")
    texts = [word.text for word in options.all("-c")]
    files = options.all("-f") or ([] if texts else options.operands[:1])
    texts += [call.state.text_of(call.read(word)) or "" for word in files]
    if not files and not texts:
        texts.append(call.state.text_of(call.stdin) or "")
    inner = call.state.child(call.name)
    for text in texts:
        run_code("tcl", text, inner, origin="local", stdin=silence(), words=[], program="expect")
        for line in text.replace(";", "\n").replace("[", "\n").replace("]", "\n").split("\n")[: LINES * 4]:
            word, _, rest = line.strip().partition(" ")
            if word in ("spawn", "exec", "system") and rest.strip():
                shell_text(" ".join(piece for piece in rest.split(" ") if piece not in ("-noecho", "-nottycopy")), inner, silence())


def debugger(call: Invocation) -> None:
    """`gdb -ex 'shell …' -x file --args program`."""
    options = call.options("ex= eval-command= iex= x|command= ix= args p|pid= batch q n nx cd= d|directory= c|core= e|exec= "
                           "s|symbols= se= tty=", single=True)  # fmt: skip
    lines = [word.text for word in options.all("--ex", "--eval-command", "--iex")]
    for word in options.all("--command", "--ix"):
        lines += (call.text_of(word) or "").split("\n")
    held = options.value("--pid")
    if held is not None:
        call.add(KILL, target=held.text, verb=call.name, words=(held.text,), certain=held.exact)
    inner = call.state.child(call.name)
    for line in lines[:LINES]:
        verb, _, rest = line.strip().partition(" ")
        if verb in ("shell", "make") or verb.startswith("!"):
            shell_text(rest if verb == "shell" else line.strip().lstrip("!"), inner, silence())
        elif verb in ("python", "py", "python-interactive", "pi"):
            run_code("python", rest, inner, origin="local", stdin=silence(), words=[], program="python")
        elif verb in ("pipe", "|"):
            shell_text(rest.rpartition("|")[2], inner, silence())
    if options.has("--args") and options.operands:
        call.run(options.operands)
    else:
        call.execute(options=options)


_TWO = ("--bind", "--bind-try", "--dev-bind", "--dev-bind-try", "--ro-bind", "--ro-bind-try", "--symlink", "--setenv", "--file",
        "--bind-data", "--ro-bind-data", "--bind-fd", "--ro-bind-fd", "--chmod", "--overlay")  # fmt: skip
_NONE = ("--unshare-all", "--share-net", "--unshare-user", "--unshare-user-try", "--unshare-ipc", "--unshare-pid", "--unshare-net",
         "--unshare-uts", "--unshare-cgroup", "--unshare-cgroup-try", "--disable-userns", "--clearenv", "--new-session",
         "--die-with-parent", "--as-pid-1", "--assert-userns-disabled", "--version", "--help")  # fmt: skip


def bubble(call: Invocation) -> None:
    """`bwrap options program`: options take none, one or two values."""
    words = list(call.words)
    while words and words[0].text.startswith("-"):
        option = words.pop(0).text
        if option == "--":
            break
        if "=" not in option:
            words = words[2 if option in _TWO else 0 if option in _NONE else 1 :]
    if words:
        call.run(words)


PROGRAMS = {"recipes": task, "task": task, "cmake": cmake, "expect": expect, "gdb": debugger, "bwrap": bubble}
