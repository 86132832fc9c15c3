"""Programs that run another program: which of their words are theirs, and where the other one begins."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import KILL, PRIVILEGE, SETTING
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.loading import load
from twelve.factors.guardrails.actions.options import Argument, plain, split
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream, silence
from twelve.factors.guardrails.actions.walking import assign

_SPECS = {
    "nohup": "", "setsid": "c|ctty f|fork w|wait", "time": "a|append f|format= o|output= p|portability v|verbose q|quiet",
    "timeout": "k|kill-after= s|signal= foreground preserve-status v|verbose", "nice": "n|adjustment=",
    "ionice": "c|class= n|classdata= p|pid= t|ignore", "stdbuf": "i|input= o|output= e|error=",
    "chroot": "groups= userspec= skip-chdir", "unshare": "m|mount=? u|uts=? i|ipc=? n|net=? p|pid=? U|user=? C|cgroup=? f|fork "
    "r|map-root-user root= wd= S|setuid= G|setgid= mount-proc=? map-user= map-group= propagation= kill-child=?",
    "nsenter": "a|all t|target= m|mount=? u|uts=? i|ipc=? n|net=? p|pid=? U|user=? C|cgroup=? r|root=? w|wd=? S|setuid= G|setgid=",
    "flock": "s|shared x|exclusive u|unlock n|nonblock w|timeout= o|close c|command= E|conflict-exit-code=",
    "taskset": "a|all-tasks p|pid c|cpu-list", "chrt": "b|batch f|fifo i|idle o|other r|rr p|pid", "setarch": "R v",
    "strace": "e= o|output= p= s= u= a= E= O= P= S= X= f|follow-forks q T t v y c C D", "ltrace": "e= o= p= s= u= a= n= l= f S c",
    "doas": "u= C= n s L", "pkexec": "user= disable-internal-agent keep-cwd", "caffeinate": "t= w= d i m s u",
    "systemd-run": "unit= p|property= M|machine= u= uid= gid= E|setenv= slice= description= working-directory= on-active= "
    "on-calendar= t|pty P|pipe q|quiet G|collect d|same-dir r|remain-after-exit S|shell user scope wait no-block",
    "batch": "", "fakeroot": "s= i= l|lib= faked= u b=", "firejail": "", "bwrap": "", "proot": "r= b= q= w= R= S= 0",
    "xvfb-run": "n= s|server-args= e= a|auto-servernum w= f= l p=", "unbuffer": "p", "torsocks": "i u= p= P= a=", "proxychains": "q f=",
    "valgrind": "", "faketime": "m f", "dbus-run-session": "config-file= dbus-daemon=", "prlimit": "p|pid= o|output=",
    "setpriv": "", "capsh": "", "numactl": "C|physcpubind= m|membind= N|cpunodebind= i|interleave= l p=", "chpst": "u= U= b= e= / = "
    "n= l= L= m= d= o= p= f= c= r= t= v V P",
    "envdir": "", "sg": "", "entr": "a c d n p r s z", "nodemon": "x|exec= w|watch= e|ext= i|ignore= d|delay= V|verbose q|quiet",
    "watchexec": "w|watch= e|exts= f|filter= i|ignore= s|signal= d|debounce= o|on-busy-update= shell= r|restart c|clear n",
    "chronic": "v e", "sshpass": "p= f= d= e v P=", "rlwrap": "f= H= b= c r p=", "perf": "e= o= g F= p= a", "tini": "g s v p= e=",
    "dumb-init": "c|single-child v|verbose r|rewrite=", "su-exec": "", "gosu": "", "direnv": "", "dotenv": "f= e= p= o c v=",
    "with-env": "", "run0": "u|user= g|group= D|chdir= setenv= unit= property= background=", "cgexec": "g= sticky",
    "ts": "i s m r", "catchsegv": "", "noglob": "", "nocorrect": "", "coproc": "", "linux32": "", "linux64": "", "i386": "",
    "proxychains4": "q f=", "softlimit": "", "setuidgid": "", "catatonit": "g", "arch-chroot": "u= N r S", "dbus": "", "wrappers": "",
    "ssh-agent": "a= t= E= O= P= D d c s k", "gpg-agent": "daemon server supervised homedir= options= q v log-file= pinentry-program= "
    "default-cache-ttl= max-cache-ttl= enable-ssh-support sh csh no-detach use-standard-socket no-grab",
}  # fmt: skip
_SKIPPED = {"timeout": 1, "chroot": 1, "flock": 1, "taskset": 1, "chrt": 1, "faketime": 1, "envdir": 1, "sg": 1, "su-exec": 1, "gosu": 1,
            "setuidgid": 1, "direnv": 2, "arch-chroot": 1, "setarch": 0, "perf": 1, "volta": 1}  # fmt: skip
"""Operands in front of the command: a duration, a folder, a lock file, a mask."""
_RIGHTS = ("doas", "pkexec", "sudo", "su", "runuser", "chroot", "nsenter", "setpriv", "gosu", "su-exec", "run0", "sg", "arch-chroot")
_JOINED = ("watch", "flock", "sg", "coproc")


def prefix(call: Invocation) -> None:
    """The plain kind: own options, perhaps own operands, then the command."""
    options = call.options(_SPECS.get(call.name, ""), permute=False)
    words = options.operands
    if call.name == "nice" and words and words[0].text[:1] == "-" and words[0].text[1:].isdigit():
        words = words[1:]
    given = options.value("--command", "--exec")
    if given is not None:
        _shell(call, given)
        return
    words = words[_SKIPPED.get(call.name, 0) :]
    if call.name in _RIGHTS:
        call.add(PRIVILEGE, options=options, verb=call.name, words=tuple(word.text for word in words))
    _files_of(call, options.value("--output", "-o"))
    held = options.value("--pid", "-p")
    if held is not None and call.name in ("prlimit", "strace", "ltrace", "perf"):
        call.add(KILL, target=held.text, verb=call.name, words=(held.text,), certain=held.exact)
    elif call.name in ("taskset", "chrt", "ionice") and options.has("--pid"):
        for word in options.operands:
            load("twelve.factors.guardrails.actions.programs.processes", "grasped")(call, [word])
    if words and words[0].text == "-c" and len(words) > 1:
        _shell(call, words[1])
    elif words:
        call.run(words)


def _files_of(call: Invocation, output: Argument | None) -> None:
    if output is not None and call.name in ("time", "strace", "ltrace", "perf"):
        call.write(output)


def _shell(call: Invocation, word: Argument, stdin: Stream | None = None) -> None:
    inner = call.state.child(call.name)
    call.output = code.run(
        "shell", word.text, inner, origin=word.origin, stdin=call.stdin if stdin is None else stdin, words=[], program="sh"
    )


def environment(call: Invocation) -> None:
    """`env`: options, assignments, then the command; `-S` splits a word into more of all three."""
    state = call.state.child("env")
    words = list(call.words)
    while words:
        word = words[0]
        if word.text in ("-u", "--unset", "-C", "--chdir", "-S", "--split-string") and len(words) > 1:
            words = _valued(call, state, word.text, words[1], words[2:])
        elif word.text.startswith(("--split-string=", "--chdir=", "--unset=")):
            name, _, _ = word.text.partition("=")
            words = _valued(call, state, name, word.cut(len(name) + 1), words[1:])
        elif word.text.startswith("-") and not word.text.startswith("--") and len(word.text) > 2:
            words = _clustered(word, words[1:])
        elif word.text.startswith("-"):
            words = words[1:]
            if word.text == "--":
                continue
        elif "=" in word.text and not word.text.startswith("="):
            name, _, _ = word.text.partition("=")
            assign(name, word.cut(len(name) + 1), state, call.source)
            state.exported.add(name)
            words = words[1:]
        else:
            call.run(words, state=state)
            return
    call.output = Stream(None, data=("environment",))


def _valued(call: Invocation, state: State, name: str, value: Argument, rest: list[Argument]) -> list[Argument]:
    if name in ("-S", "--split-string"):
        return split(value) + rest
    if name in ("-C", "--chdir"):
        state.go(tuple(state.places(value.text)))
    elif name in ("-u", "--unset"):
        assign(value.text, Argument(""), state, call.source)
    return rest


def _clustered(word: Argument, rest: list[Argument]) -> list[Argument]:
    """`-iS 'a b'`, `-Sa b`, `-uNAME`, `-C/dir`, `-i0`."""
    letters = word.text[1:]
    for at, letter in enumerate(letters):
        if letter in "SuC":
            value = [word.cut(at + 2)] if at + 1 < len(letters) else rest[:1]
            return plain("-" + letter) + value + (rest if at + 1 < len(letters) else rest[1:])
    return rest


def elevated(call: Invocation) -> None:
    """`sudo`: options, assignments, then a command, an editor on files, or a shell."""
    options = call.options(
        "A|askpass b|background C|close-from= D|chdir= E|preserve-env=? e|edit g|group= H|set-home h|host= i|login K|remove-timestamp "
        "k|reset-timestamp l|list n|non-interactive P|preserve-groups p|prompt= R|chroot= r|role= S|stdin s|shell t|type= "
        "T|command-timeout= "
        "U|other-user= u|user= V|version v|validate",
        permute=False,
    )
    state = call.state.child("sudo")
    words = list(options.operands)
    while words and "=" in words[0].text and not words[0].text.startswith(("=", "/")):
        name, _, _ = words[0].text.partition("=")
        assign(name, words.pop(0).cut(len(name) + 1), state, call.source)
        state.exported.add(name)
    call.add(PRIVILEGE, options=options, verb="sudo", words=tuple(word.text for word in words))
    folder = options.value("--chdir")
    if folder:
        state.go(tuple(state.places(folder.text)))
    if options.has("--edit"):
        for word in words:
            call.write(word, verb="edit")
    elif words:
        call.run(words, state=state)
    elif options.has("--shell", "--login") and call.stdin.piped:
        call.run(plain("sh"), state=state)


def other_user(call: Invocation) -> None:
    """`su user -c code`, `runuser -u user -- command`."""
    options = call.options(
        "c|command= l|login g|group= G|supp-group= m p|preserve-environment P|pty s|shell= w|whitelist-environment= f u|user="
    )
    call.add(PRIVILEGE, options=options, verb=call.name)
    code_word = options.value("--command")
    if code_word is not None:
        _shell(call, code_word)
    elif options.value("--user") is not None and options.operands:
        call.run(options.operands)
    elif call.stdin.piped:
        call.run(plain("sh"))


def shell_words(call: Invocation) -> None:
    """`watch`: its words are joined and given to a shell."""
    options = call.options(
        "n|interval= d|differences=? t|no-title e|errexit g|chgexit x|exec c|color b|beep p|precise q|equexit=", permute=False
    )
    if options.operands:
        text = " ".join(word.text for word in options.operands)
        origin = next((word.origin for word in options.operands if word.origin != "local"), "local")
        _shell(call, Argument(text, origin=origin))


def replace(call: Invocation) -> None:
    """`exec`: the words replace the shell; without words only redirections count."""
    options = call.options("a= c l", permute=False)
    if options.operands:
        call.run(options.operands)


def plain_command(call: Invocation) -> None:
    """`command`, `builtin`: no functions, no aliases; `-v` only asks."""
    options = call.options("p v V", permute=False)
    if options.operands and not options.has("-v", "-V"):
        state = call.state
        functions, aliases, before = state.functions, state.aliases, (state.via, state.depth)
        state.functions, state.aliases = {}, {}
        state.via, state.depth = (*before[0], call.name), before[1] + 1
        call.run(options.operands, state=state)
        state.functions, state.aliases = functions, aliases
        state.via, state.depth = before
    elif options.has("-v") and len(options.operands) == 1:
        call.found(options.operands[0])


def recorder(call: Invocation) -> None:
    """`script -c code file` runs code at a terminal of its own and records it; BSD's takes a file, then a command."""
    options = call.options(
        "a|append c|command= e|return f|flush q|quiet t|timing=? I|log-in= O|log-out= B|log-io= T|log-timing= E|echo= "
        "m|logging-format= o|output-limit= force"
    )
    call.add(SETTING, verb="terminal", target="script", options=options)
    given = options.value("--command")
    if options.operands:
        call.write(options.operands[0], options=options)
    if given is not None:
        _shell(call, given)
    elif len(options.operands) > 1:
        call.run(options.operands[1:])
    elif call.stdin.piped:
        call.run(plain("sh"))


def applet(call: Invocation) -> None:
    """`busybox rm …`: the first word is the program."""
    if call.words and not call.words[0].text.startswith("-"):
        call.run(list(call.words))


def inside(call: Invocation) -> None:
    """`bwrap`, `valgrind`, `firejail`: too many options to know; the command is tried from the first word that may be one."""
    words = list(call.words)
    while words and words[0].text.startswith("-") and words[0].text != "--":
        words.pop(0)
    if words and words[0].text == "--":
        words.pop(0)
    if words:
        call.run(words)
    if any(word.text == "--" for word in words):
        at = [word.text for word in words].index("--")
        if words[at + 1 :]:
            call.run(words[at + 1 :])


def versioned(call: Invocation) -> None:
    """`mise exec -- cmd`, `asdf exec cmd`, `op run -- cmd`: a word that says run, then the command."""
    texts = call.texts
    if "--" in texts:
        rest = call.words[texts.index("--") + 1 :]
    elif texts and texts[0] in ("exec", "x", "run"):
        rest = [word for word in call.words[1:] if not word.text.startswith("-")]
    else:
        call.execute()
        return
    if rest:
        call.run(rest)


def scheduled(call: Invocation) -> None:
    """`at`: the code on standard input or in the file of `-f` runs later, out of sight."""
    options = call.options("f= q= t= m v l d r b c M")
    given = options.value("-f")
    stream = call.read(given) if given else call.stdin
    if given or call.stdin.piped:
        inner = call.state.child(call.name)
        code.run("shell", call.state.text_of(stream), inner, origin=stream.origin, stdin=silence(), words=[], program="sh")


def loader(call: Invocation) -> None:
    """The dynamic loader run by hand takes a program as its argument."""
    options = call.options("library-path= preload= argv0= audit=", permute=False)
    if options.operands:
        first = options.operands[0]
        place = call.places(first)[0]
        call.run([Argument(place.path, exact=first.exact), *options.operands[1:]])


def measured(call: Invocation) -> None:
    """`hyperfine 'code' 'code'`: every operand is shell code."""
    options = call.options(
        "w|warmup= m|min-runs= M|max-runs= r|runs= s|setup= p|prepare= c|cleanup= n|command-name= L|parameter-list= S|shell= i N "
        "export-json= export-markdown= export-csv="
    )
    for word in [*options.all("--setup", "--prepare", "--cleanup"), *options.operands]:
        _shell(call, word)
    for name in ("--export-json", "--export-markdown", "--export-csv"):
        for word in options.all(name):
            call.write(word)


PROGRAMS = {
    **dict.fromkeys(_SPECS, prefix),
    "env": environment, "sudo": elevated, "su": other_user, "runuser": other_user, "watch": shell_words, "exec": replace,
    "command": plain_command, "builtin": plain_command, "script": recorder, "busybox": applet, "toybox": applet,
    "firejail": inside, "valgrind": inside, "setpriv": inside, "capsh": inside, "softlimit": inside,
    "asdf": versioned, "mise": versioned, "rtx": versioned, "pyenv": versioned, "rbenv": versioned, "nvm": versioned,
    "volta": versioned, "op": versioned, "aws-vault": versioned, "at": scheduled, "batch": scheduled, "ld.so": loader,
    "ld-linux-x86-64.so.2": loader, "hyperfine": measured,
}  # fmt: skip
