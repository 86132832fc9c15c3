"""A git hook: handed to the full program, which takes this process over.

When it cannot be started, an agent's session is refused; a person is told and git goes on, because a tool that is gone
must not stop somebody from working in their own repository.
"""

from __future__ import annotations

import posix

from twelve.interfaces.hooks import trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Answer, Site

MARKERS = (
    "CLAUDECODE", "AI_AGENT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_ENTRYPOINT", "CODEX_THREAD_ID", "CODEX_SESSION_ID", "CODEX_CI",
    "CODEX_SANDBOX", "GEMINI_CLI", "CURSOR_AGENT", "TWELVE_DRIVER", "TWELVE_RUN",
)  # fmt: skip
"""As `factors.approvals.session` lists them; a test holds the two together."""
START = """\
import sys
folder, missing = sys.argv[1:3]
del sys.argv[1:3]
sys.argv[0] = 'twelve'
sys.path.insert(0, folder)
try:
    from twelve.interfaces.cli.main import main
except ImportError as trouble:
    sys.stderr.write(missing.split('|', 1)[1] + ' (' + str(trouble)[:200] + ')\\n')
    sys.exit(int(missing.split('|', 1)[0]))
sys.exit(main())
"""


def answer(arguments: list[str], site: Site) -> Answer:
    """Replaces this process; returns only when that fails."""
    python, folder = site.config["python"], site.config["package"]
    told = words(arguments[0] if arguments else "?")
    try:
        posix.stat(f"{folder}/twelve/interfaces/cli/main.py")
        posix.execv(python, [python, "-I", "-c", START, folder, f"{told[0]}|{told[1]}", "hook", "git", *arguments])
    except OSError:
        return told[0], b"", told[1].encode() + b"\n"


def words(name: str) -> tuple[int, str]:
    """(exit code, words) for when the program is not there."""
    hook = trail.plain(name, 40)
    if any(posix.environ.get(marker.encode()) for marker in MARKERS):
        return 1, (
            f"twelve: {hook} was not checked, so it does not go through. Why: the twelve program recorded at installation is gone. "
            "Next: tell the person; they install it again and run `twelve upgrade`."
        )
    return (
        0,
        f"twelve: {hook} was not checked: the twelve program recorded at installation is gone; install it again and run `twelve upgrade`.",
    )
