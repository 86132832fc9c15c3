"""Calls that need no look: proven harmless from their own text, or left to the judge.

Whatever is cleared here the judge would allow without a word; a property test holds the two together. So the lists
are short, a path counts only when it is spelt plainly, lies in the project and leads through no link, and every doubt
goes to the judge, where it costs milliseconds and nothing else.
"""

from __future__ import annotations

import posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 4_000
"""Longest payload looked at, bytes (ours)."""
QUIET_TOOLS = frozenset(("TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet", "update_plan", "write_todos"))
"""Tools that touch nothing but the client's own lists."""
LIST_MEMBERS = frozenset(
    (
        "todos", "subject", "description", "activeForm", "taskId", "status", "plan", "explanation", "owner", "metadata", "addBlocks",
        "addBlockedBy",
    )
)  # fmt: skip
"""What such a tool is given; with anything else it may be more than it seems."""
READERS = {"Read": "file_path", "read_file": "file_path"}
"""Tools that show one file -> the member that names it."""
SHELLS = frozenset(("Bash", "run_shell_command"))
LETTERS = frozenset(
    (
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x",
        "y", "z", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V",
        "W", "X", "Y", "Z", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "_", "-", ".", "/",
    )
)  # fmt: skip
SUFFIXES = frozenset(
    (
        "py", "md", "rst", "txt", "js", "ts", "jsx", "tsx", "go", "rs", "java", "kt", "c", "h", "cc", "cpp", "hpp", "css",
        "html", "rb", "php", "swift", "sql",
    )
)  # fmt: skip
"""Kinds of file that hold source or prose."""
SENSITIVE = (
    "env", "secret", "cred", "key", "token", "pass", "pem", "cert", "rsa", "ed25519", "vault", "kube", "twelve", "ssh", "gpg",
    "netrc", "npmrc", "pypirc", "aws", "gcloud", "azure", "tfstate", "tfvars", "p12", "pfx", "auth", "private", "shadow", "proc",
    "git/", "hook", "claude", "codex", "gemini", "cookie", "history", "wallet", "docker", "session",
)  # fmt: skip
"""Pieces of names the judge may have something to say about."""
PLAIN_COMMANDS: dict[str, frozenset[str]] = {
    "pwd": frozenset(),
    "ls": frozenset(("-l", "-a", "-la", "-al", "-1", "-lh", "-R")),
    "cat": frozenset(("-n",)),
    "wc": frozenset(("-l", "-c", "-w")),
    "head": frozenset(),
    "tail": frozenset(),
}
"""Programs that only show -> the options known."""
GIT_COMMANDS = frozenset(("status", "diff", "log"))
GIT_OPTIONS = frozenset(
    (
        "-s", "--short", "--porcelain", "--stat", "--oneline", "--name-only", "--cached", "--staged", "-1", "-3", "-5", "-10",
    )
)  # fmt: skip


def cleared(raw: bytes, tool: str, tool_input: dict[str, Any], cwd: str, root: str) -> bool:
    """Whether there is nothing to look at. `raw` is the payload: one with escapes or unusual bytes is never cleared."""
    if len(raw) > LIMIT or b"\\" in raw or not raw.isascii() or not root[1:]:
        return False
    if tool in QUIET_TOOLS:
        return LIST_MEMBERS.issuperset(tool_input)
    if tool in READERS:
        path = tool_input.get(READERS[tool])
        return isinstance(path, str) and path[:1] == "/" and _numbers(tool_input, READERS[tool]) and _source(path, cwd, root)
    if tool in SHELLS:
        return _command(tool_input, cwd, root)
    return False


def _numbers(tool_input: dict[str, Any], path: str) -> bool:
    return all(key in (path, "offset", "limit") for key in tool_input)


def _command(tool_input: dict[str, Any], cwd: str, root: str) -> bool:
    command = tool_input.get("command")
    if not isinstance(command, str) or any(key not in ("command", "description", "timeout") for key in tool_input):
        return False
    words = command.split(" ")
    if not all(word and LETTERS.issuperset(word) for word in words) or not _below(cwd, root):
        return False
    program, rest = words[0], words[1:]
    if program == "git":
        return rest[:1] != [] and rest[0] in GIT_COMMANDS and all(word in GIT_OPTIONS for word in rest[1:])
    options = PLAIN_COMMANDS.get(program)
    if options is None:
        return False
    shows = program not in ("ls", "pwd")
    named = [word for word in rest if word not in options]
    if shows and not named:
        return False
    return all(word[0] != "-" and (_source(word, cwd, root) if shows else _direct(word, cwd, root)) for word in named)


def _source(path: str, cwd: str, root: str) -> bool:
    """A file of source or prose in the project."""
    return path.rpartition(".")[2] in SUFFIXES and _direct(path, cwd, root)


def _direct(path: str, cwd: str, root: str) -> bool:
    """A path in the project, spelt plainly, through no link, with nothing in its name that could matter."""
    whole = path if path[0] == "/" else cwd.rstrip("/") + "/" + path.removeprefix("./")
    if not _below(whole, root) or not LETTERS.issuperset(whole[len(root) :]):
        return False
    below = whole[len(root) :].lower()
    return not any(piece in below for piece in SENSITIVE) and _unlinked(whole)


def _below(path: str, root: str) -> bool:
    """`path` is `root` or under it, without a hidden, empty or climbing step."""
    if path == root:
        return True
    rest = path[len(root) + 1 :]
    return path.startswith(root + "/") and all(step and step[0] != "." for step in rest.split("/"))


def _unlinked(path: str) -> bool:
    end = len(path)
    while end > 0:
        try:
            if posix.lstat(path[:end]).st_mode & 0o170000 == 0o120000:
                return False
        except OSError:
            return False
        end = path.rfind("/", 0, end)
    return True
