"""Ending processes, stopping the machine, and terminals that run things on their own."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, KILL, SETTING
from twelve.factors.guardrails.actions.code import run as run_code
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.streams import PROCESS


def kill(call: Invocation) -> None:
    """The first word that begins with a dash is the signal; after it a dash means a group."""
    call.quiet()
    words = list(call.words)
    signal = "TERM"
    if words and words[0].text.startswith("-") and words[0].text != "--":
        first = words.pop(0).text
        if first in ("-l", "-L", "--list", "--table"):
            return
        signal = first[1:]
        if first in ("-s", "--signal", "-n") and words:
            signal = words.pop(0).text
    for word in words:
        if word.text != "--" and signal not in ("0", "CHLD", "CONT"):
            _ended(call, word, signal)


def _ended(call: Invocation, word: Argument, signal: str) -> None:
    """Numbers that came from a search by name stand for that name."""
    named = [name[len(PROCESS) :] for name in word.data if name.startswith(PROCESS)]
    target = named[-1] if named and named[-1] else word.text
    call.add(KILL, target=target, verb=signal, words=(target,), certain=word.exact)


_PKILL = (
    "f|full g|pgroup= G|group= u|euid= U|uid= t|terminal= P|parent= s|session= n|newest o|oldest x|exact signal= e|echo c|count "
    "i|ignore-case F|pidfile= v|inverse h a l"
)
_KILLALL = (
    "e|exact I|ignore-case g|process-group i|interactive l|list q|quiet r|regexp s|signal= u|user= v w|wait n|ns= Z|context= "
    "o|older-than= y|younger-than= m"
)


def by_name(call: Invocation) -> None:
    """`pkill`, `killall`: everything whose name or command line fits."""
    call.quiet()
    words = [word for word in call.words if not (word.text.startswith("-") and _signal(word.text[1:]))]
    signals = [word.text[1:] for word in call.words if word.text.startswith("-") and _signal(word.text[1:])]
    call.words = words
    options = call.options(_PKILL if call.name == "pkill" else _KILLALL)
    if options.has("--list") and call.name == "killall":
        return
    verb = signals[0] if signals else "TERM"
    if verb in ("0", "CONT"):
        return
    for word in options.operands:
        call.add(KILL, options=options, target=word.text, verb=verb)
    for name in ("--parent", "--euid", "--uid", "--user", "--session", "--pgroup", "--terminal"):
        for word in options.all(name) if not options.operands else []:
            call.add(KILL, options=options, target="-1" if name in ("--euid", "--uid", "--user") else word.text, verb=verb)


def _signal(text: str) -> bool:
    return text.isdigit() or (text.isupper() and text.isalpha() and len(text) > 1) or text.startswith("SIG")


def everything(call: Invocation) -> None:
    """`killall5`, `shutdown`, `reboot`: the machine, or all processes on it."""
    call.quiet()
    if not any(text in ("--help", "--version", "-c", "--show", "-w") for text in call.texts):
        if call.name in ("init", "telinit") and not (call.texts[:1] and call.texts[0] in ("0", "1", "6", "s", "S")):
            return
        call.add(KILL, target="-1", verb=call.name, words=call.texts)


def service(call: Invocation) -> None:
    """`systemctl stop x`: services are ended or kept from starting."""
    options = call.options("H|host= M|machine= t|type= user system now f|force q|quiet s|signal= kill-who= no-block p|property= n= o=")
    words = tuple(word.text for word in options.operands)
    if words[:1] and words[0] in ("reboot", "poweroff", "halt", "kexec", "rescue", "emergency", "exit", "default", "isolate"):
        call.add(KILL, options=options, target="-1", verb=words[0])
    else:
        call.execute(options=options)


def port_user(call: Invocation) -> None:
    """`fuser -k 3000/tcp`."""
    if any(text.startswith("-") and "k" in text for text in call.texts):
        for word in call.words:
            if not word.text.startswith("-"):
                call.add(KILL, target=":" + word.text)


def multiplexer(call: Invocation) -> None:
    """`tmux new -d 'code'`, `tmux send-keys 'code' Enter`, `screen -dm program`: a terminal of its own."""
    texts = call.texts
    call.add(SETTING, verb="terminal", target=call.name)
    if any(text in ("kill-server", "kill-session") for text in texts):
        call.add(KILL, target=call.name, verb=texts[0])
        return
    words = list(call.words)
    verbs = (
        "new",
        "new-session",
        "new-window",
        "neww",
        "split-window",
        "splitw",
        "respawn-pane",
        "send-keys",
        "send",
        "run-shell",
        "run",
        "if-shell",
        "if",
        "popup",
        "pipe-pane",
        "display-popup",
    )
    while words and words[0].text not in verbs and call.name == "tmux":
        words.pop(0)
    options = read_options(call, words[1:] if call.name == "tmux" else words)
    if call.name == "tmux" and words and words[0].text in ("send-keys", "send"):
        line = " ".join(word.text for word in options if word.text not in ("Enter", "C-m", "KPEnter"))
        _typed(call, line)
    elif len(options) == 1:
        _typed(call, options[0].text)
    elif options:
        call.run(options)


def read_options(call: Invocation, words: list[Argument]) -> list[Argument]:
    """What stands behind the options of a terminal."""
    from_screen = call.name == "screen"
    queue = list(words)
    while queue and queue[0].text.startswith("-") and len(queue[0].text) > 1:
        text = queue.pop(0).text
        if (
            text[-1] in ("S", "t", "T", "c", "h", "s", "p", "e")
            if from_screen
            else text[-1] in ("s", "t", "n", "c", "e", "x", "y", "F", "l", "p", "w", "h")
        ):
            queue = queue[1:]
    if from_screen and queue[:1] and queue[0].text == "stuff":
        return queue[1:2]
    return queue


def _typed(call: Invocation, text: str) -> None:
    inner = call.state.child(call.name)
    run_code("shell", text.replace("\\n", "\n").rstrip("\r"), inner, origin="local", stdin=call.stdin, words=[], program="sh")


def grasped(call: Invocation, words: list[Argument]) -> None:
    """Another process is held, slowed or limited: for the session's own parents that is as good as an end."""
    for word in words:
        if "PPID" in word.text or (word.text.isdigit() and word.text in _given(call)):
            call.add(KILL, target=word.text, verb=call.name, words=(word.text,), certain=word.exact)


def _given(call: Invocation) -> tuple[str, ...]:
    """Numbers written as process numbers and not as priorities."""
    texts = call.texts
    if call.name in ("gcore", "reptyr"):
        return tuple(text for text in texts if text.isdigit())
    return tuple(texts[at + 1] for at, text in enumerate(texts[:-1]) if text in ("-p", "--pid"))


def supervisor(call: Invocation) -> None:
    """`pm2 delete all`, `supervisorctl stop all`, `disown`, `renice`: said, with their words."""
    words = [word.text for word in call.words if not word.text.startswith("-")]
    if call.name in ("gcore", "choom", "reptyr", "renice"):
        grasped(call, [word for word in call.words if not word.text.startswith("-")])
    if (
        words[:1]
        and words[0] in ("delete", "kill", "stop", "del")
        and words[1:2] in (["all"], [])
        and call.name in ("pm2", "supervisorctl")
    ):
        call.add(KILL, target=call.name, verb=words[0])
    elif call.name == "pm2" and words[:1] == ["start"] and words[1:]:
        call.run(
            [
                Argument("node" if words[1].endswith((".js", ".cjs", ".mjs", ".ts")) else words[1]),
                *(call.words[2:] if not words[1].endswith((".js", ".cjs", ".mjs", ".ts")) else call.words[1:2]),
            ]
        )
    else:
        call.add(EXECUTE)


PROGRAMS = {
    "fuser": port_user, "kill": kill, "skill": kill, "xkill": kill, "pkill": by_name, "killall": by_name, "fkill": by_name,
    "taskkill": by_name, "tmux": multiplexer, "screen": multiplexer,
    **dict.fromkeys(("killall5", "shutdown", "reboot", "halt", "poweroff", "init", "telinit"), everything), "systemctl": service,
    "service": service, "processes": supervisor,
}  # fmt: skip
