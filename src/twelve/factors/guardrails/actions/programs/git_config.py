"""Git's settings: those given on the command line and in the environment, and aliases from configuration files."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import SETTING
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, split

CODE_SETTINGS = (
    "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "core.askpass", "core.gitproxy", "sequence.editor",
    "diff.external", "credential.helper", "gpg.program", "gpg.ssh.program", "uploadpack.packobjectshook", "interactive.difffilter",
)  # fmt: skip
"""Settings whose value git runs through a shell."""
CODE_VARIABLES = (
    "GIT_SSH_COMMAND", "GIT_SSH", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER", "GIT_ASKPASS", "GIT_EXTERNAL_DIFF", "GIT_PROXY_COMMAND",
)  # fmt: skip
CODE_SUFFIXES = (
    ".textconv", ".clean", ".smudge", ".process", ".driver", ".cmd", ".update", ".receivepack", ".uploadpack", ".vcs", "command", "program",
    "helper", "pager", "editor", "askpass", "gitproxy", ".browser", "packobjectshook",
)  # fmt: skip
_HARMLESS = ("true", "false", "cat", "less", ":", "vim", "vi", "nano", "code", "code --wait", "ssh", "")


def canonical(name: str) -> str:
    """Section and variable are the same in either case; what stands between them is not."""
    head, _, tail = name.rpartition(".")
    section, dot, middle = head.partition(".")
    lowered = section.lower() + dot + middle + "." + tail.lower() if head else name.lower()
    return "core.hooksPath" if lowered == "core.hookspath" else lowered


def setting(call: Invocation, pair: Argument) -> None:
    """`name=value` of `-c`: said, remembered for aliases, and followed when the value is code."""
    name, sign, _ = pair.text.partition("=")
    value = pair.cut(len(name) + 1) if sign else Argument("true")
    configured(call, name, value)


def configured(call: Invocation, name: str, value: Argument) -> None:
    """One setting takes effect."""
    key = canonical(name)
    call.add(SETTING, verb=key, target=value.text, certain=pair_is_exact(name, value), words=())
    if key.startswith("alias."):
        call.state.aliases["git " + key[6:]] = value.text
    if key in CODE_SETTINGS or key.endswith(CODE_SUFFIXES):
        run_code(call, value)


def pair_is_exact(name: str, value: Argument) -> bool:
    """Whether both halves are known."""
    return value.exact and "\0" not in name


def run_code(call: Invocation, value: Argument) -> None:
    """Code git hands to a shell; the usual pagers and editors are not worth following."""
    text = value.text.removeprefix("!").strip()
    if text not in _HARMLESS:
        call.run([Argument("sh"), Argument("-c"), Argument(text, exact=value.exact, origin=value.origin)], via="git")


def from_environment(call: Invocation) -> None:
    """`GIT_CONFIG_COUNT` with its keys and values, `GIT_CONFIG_PARAMETERS`, and variables that hold code."""
    variables = call.state.scope.variables
    count = variables.get("GIT_CONFIG_COUNT") or ""
    for number in range(min(int(count), 50) if count.isdigit() else 0):
        name, value = variables.get(f"GIT_CONFIG_KEY_{number}"), variables.get(f"GIT_CONFIG_VALUE_{number}")
        configured(call, name or "\0", Argument(value or "", exact=value is not None))
    for piece in split(Argument(variables.get("GIT_CONFIG_PARAMETERS") or "")):
        setting(call, piece)
    _of_another_home(call)
    for name in CODE_VARIABLES:
        text = variables.get(name)
        if text:
            run_code(call, Argument(text))


def _of_another_home(call: Invocation) -> None:
    """Settings of the folder that this call made the home: they hold for git from here on."""
    variables, given = call.state.scope.variables, call.state.work.surroundings
    folders = []
    if call.state.home != given.home:
        folders += [f"{call.state.home}/.gitconfig", f"{call.state.home}/.config/git/config"]
    if variables.get("XDG_CONFIG_HOME") and variables["XDG_CONFIG_HOME"] != given.variables.get("XDG_CONFIG_HOME"):
        folders.append(f"{variables['XDG_CONFIG_HOME']}/git/config")
    for path in folders if call.state.home else ():
        text = call.text_of(Argument(path)) if call.state.look or path in call.state.files else None
        for name, value in read_config(text or "").items():
            configured(call, name, Argument(value))


def alias_of(call: Invocation, name: str, git_folder: str) -> str:
    """What an alias stands for: given in this call, else in the repository's or the person's own configuration."""
    known = call.state.aliases.get("git " + name.lower())
    if known is not None:
        return known
    home = call.state.home or call.state.scope.home
    for path in (*_config_files(call, git_folder), home + "/.gitconfig", home + "/.config/git/config"):
        text = call.looked_at(path)
        found = read_config(text).get("alias." + name.lower()) if text else None
        if found is not None:
            return found
    return ""


def _config_files(call: Invocation, git_folder: str) -> tuple[str, ...]:
    """The configuration of the repository around the working directory; a work tree's `.git` file points at it."""
    if not call.state.look:
        return ()
    if git_folder:
        return (git_folder + "/config",)
    folder = call.state.cwd.path
    while folder and folder != "/":
        pointer = call.looked_at(folder + "/.git")
        if pointer and pointer.startswith("gitdir: "):
            place = pointer[8:].strip()
            place = place if place.startswith("/") else folder + "/" + place
            return (place.partition("/worktrees/")[0] + "/config", place + "/config.worktree")
        if call.state.folder_is_there(folder + "/.git"):
            return (folder + "/.git/config",)
        folder = folder.rpartition("/")[0]
    return ()


def read_config(text: str) -> dict[str, str]:
    """`section.name` in lower case -> value; enough of git's format for aliases, subsections joined with their dot."""
    found: dict[str, str] = {}
    section = ""
    for line in text.replace("\\\n", "").split("\n"):
        line = line.strip()
        if line.startswith("["):
            head = line[1 : line.find("]")] if "]" in line else line[1:]
            name, _, sub = head.partition(" ")
            section = name.lower() + ("." + sub.strip().strip('"') if sub else "")
        elif line and line[0] not in "#;" and section:
            name, sign, value = line.partition("=")
            found[section + "." + name.strip().lower()] = _value(value.strip()) if sign else "true"
    return found


def _value(text: str) -> str:
    """Quotes group, backslashes escape, `#` and `;` outside quotes begin a comment."""
    result, quoted, at = "", False, 0
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text):
            at += 1
            result += {"n": "\n", "t": "\t"}.get(text[at], text[at])
        elif sign == '"':
            quoted = not quoted
        elif sign in "#;" and not quoted:
            break
        else:
            result += sign
        at += 1
    return result.strip()
