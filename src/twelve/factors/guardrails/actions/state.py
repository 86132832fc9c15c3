"""What is true at one point of a command line while it is followed: where we are, what is set, what was written."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import ORIGIN_LOCAL, UNKNOWN, Action, Surroundings
from twelve.factors.guardrails.actions.links import is_folder
from twelve.factors.guardrails.actions.paths import Place, content, locate, same_file
from twelve.factors.guardrails.actions.streams import Stream, silence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from twelve.system.shell.expansion import Scope
    from twelve.system.shell.syntax import Script

_ALWAYS = ("PPID", "PWD", "OLDPWD", "HOME", "0")
DEPTH = 12
"""Programs within programs (`sh -c 'sh -c …'`) that are followed."""
NODES = 8_000
"""Commands, words and expressions looked at for one call; bounds the time an answer can take."""
OWN_FILES = (
    "twelve.toml", ".git/config", ".git/hooks/pre-commit", ".git/hooks/pre-push", ".git/hooks/commit-msg", ".git/twelve/state/hook.py",
    ".git/twelve/state/hook.bin", ".git/twelve/state/install.json", ".claude/settings.json", ".claude/settings.local.json",
    ".codex/hooks.json", ".codex/config.toml", ".gemini/settings.json",
)  # fmt: skip
"""Files the guard is made of and registered in, seen from the top of the repository."""
PLACES = 8
"""Working directories a relative path is tried with, when a `cd` may have failed or taken one of two ways."""


class Work:
    """Shared by everything that is read for one call: the actions found so far and what may still be spent."""

    __slots__ = ("actions", "left", "numbered", "over", "run", "surroundings", "walk")

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.actions: list[Action] = []
        self.left = NODES
        self.over = False
        self.numbered = 0
        self.walk: Callable[[Script, State, Stream], Stream]
        self.run: Callable[..., Stream]

    def spend(self, amount: int = 1) -> bool:
        """Whether there is something left to spend; says once that there is not."""
        self.left -= amount
        if self.left >= 0:
            return True
        if not self.over:
            self.over = True
            self.actions.append(Action(UNKNOWN, detail="the call is too long to be followed to its end", certain=False))
        return False

    def number(self) -> int:
        """A number not given before, for names that stand for something unnamed."""
        self.numbered += 1
        return self.numbered


class State:
    """The shell as it would be. `cwds` are the working directories it may be in; `files` what this call has written so far.

    `links` maps a path made in this call to the path it stands for (symbolic and hard links, copies of programs). `taints`
    says where the values of variables came from, `patterns` which of them hold a pattern instead of a name, `computed` which
    of them hold something a program prints that is not known,
    `exported` which of them a program started from here would see. `script` is the file whose code runs, "" for code given in a word.
    `frames` are the functions that are being followed, each with everything its effects depend on.
    """

    __slots__ = (
        "aliases",
        "computed",
        "cwds",
        "depth",
        "exported",
        "files",
        "folders",
        "frames",
        "functions",
        "links",
        "patterns",
        "scope",
        "script",
        "sinks",
        "taints",
        "via",
        "work",
    )

    def __init__(self, work: Work, scope: Scope, cwds: tuple[Place, ...]) -> None:
        self.work = work
        self.scope = scope
        self.cwds = cwds
        self.files: dict[str, Stream] = {}
        self.links: dict[str, str] = {}
        self.folders: list[tuple[Place, ...]] = []
        self.functions: dict[str, object] = {}
        self.frames: tuple[tuple[object, ...], ...] = ()
        self.aliases: dict[str, str] = {}
        self.taints: dict[str, Stream] = {}
        self.patterns: set[str] = set()
        self.computed: set[str] = set()
        self.exported: set[str] = set()
        self.sinks: dict[str, Script] = {}
        self.via: tuple[str, ...] = ()
        self.depth = 0
        self.script = ""

    def child(self, *via: str) -> State:
        """A subshell or a program run by this one: it sees everything and changes nothing here but files."""
        child = State(self.work, self.scope.child(), self.cwds)
        child.files, child.links, child.sinks = self.files, self.links, self.sinks
        child.folders, child.functions = list(self.folders), dict(self.functions)
        child.aliases, child.taints = dict(self.aliases), dict(self.taints)
        child.patterns, child.exported, child.computed = set(self.patterns), set(self.exported), set(self.computed)
        child.script, child.frames = self.script, self.frames
        child.via = self.via + via
        child.depth = self.depth + (1 if via else 0)
        return child

    def forget_unexported(self) -> None:
        """What a new shell does not see: variables that were only set here. They may still be in the environment, unknown to us."""
        kept = self.scope.variables
        if "*" in self.exported:
            return
        self.scope.variables = {name: value for name, value in kept.items() if name in self.exported or name in _ALWAYS}
        self.scope.arrays = {}

    @property
    def look(self) -> bool:
        """Whether the file system may be asked."""
        return self.work.surroundings.look

    @property
    def cwd(self) -> Place:
        """The likeliest working directory."""
        return self.cwds[0]

    def go(self, places: tuple[Place, ...]) -> None:
        """Changes the working directory; `places` are what it may be afterwards."""
        seen: dict[str, Place] = {place.path: place for place in reversed(places)}
        kept = tuple(reversed(list(seen.values())))
        self.cwds = kept if len(kept) <= PLACES else (Place("", partial=True),)
        self.scope.variables["OLDPWD"] = self.scope.variables.get("PWD")
        exact = len(self.cwds) == 1 and not self.cwds[0].partial and not self.cwds[0].glob
        self.scope.variables["PWD"] = self.cwds[0].path if exact else None

    def places(self, text: str, *, pattern: bool = False) -> list[Place]:
        """Every place the word may name, one for each working directory the command may run in."""
        found = [self._followed(locate(text, cwd, pattern=pattern, look=self.look)) for cwd in self.cwds]
        return found if len(found) == 1 else list({place.path: place for place in found}.values())

    def _followed(self, place: Place) -> Place:
        """Links made in this same call do not exist yet when the file system is asked."""
        for _ in range(4):
            for link, target in self.links.items():
                if place.real == link or place.real.startswith(link + "/"):
                    place = Place(place.path, real=target + place.real[len(link) :], glob=place.glob, partial=place.partial)
                    break
            else:
                break
        return place

    @property
    def home(self) -> str | None:
        """What programs take for the home folder; None when it is not known."""
        return self.scope.variables.get("HOME", self.scope.home)

    def twins(self, place: Place) -> list[Place]:
        """Files the guard lives by that are the same file as this one: a hard link writes both."""
        root = self.work.surroundings.root
        if not self.look or not root or place.partial or place.glob:
            return []
        return [Place(path) for path in same_file(place.real, tuple(root + "/" + name for name in OWN_FILES))]

    def stream_of(self, place: Place) -> Stream:
        """What reading this place gives: what was written there in this call, otherwise the file, on demand."""
        if place.path in ("/dev/null",):
            return silence()
        for name in (place.path, place.real):
            if name in self.files:
                return self.files[name]
        unpacked = self._unpacked(place.path)
        if unpacked is not None:
            return unpacked
        return Stream(None, path="" if place.partial or place.glob else place.real, data=(place.path,) if place.path else ())

    def _unpacked(self, path: str) -> Stream | None:
        """What a file below a folder holds into which something foreign was unpacked in this call."""
        at = path.rfind("/")
        while at > 0:
            stream = self.files.get(path[:at])
            if stream is not None and stream.origin != ORIGIN_LOCAL:
                return Stream(None, origin=stream.origin, data=stream.data)
            at = path.rfind("/", 0, at)
        return None

    def folder_is_there(self, path: str) -> bool:
        """Whether a folder of this name exists now; asked only when looking is allowed."""
        return self.look and is_folder(path)

    def text_of(self, stream: Stream) -> str | None:
        """The stream's text, read from its file when it has one and looking is allowed."""
        if stream.text is None and stream.later is not None:
            return stream.later()
        if stream.text is None and stream.path and self.look:
            return content(stream.path)
        return stream.text
