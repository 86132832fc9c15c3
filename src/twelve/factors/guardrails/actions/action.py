"""One thing a tool call would do. Rules look at actions and never at tools or command texts."""

from __future__ import annotations

READ = "read"
"""A file's content becomes visible. `path`."""
WRITE = "write"
"""A file is created, changed, moved onto, linked, or its mode changed. `path`, `verb` (write, append, move, link, mode, …)."""
DELETE = "delete"
"""A path goes away. `path`, `recursive`. Moving a file away deletes its old path."""
NETWORK = "network"
"""Something is sent or fetched. `target` is the host or URL, `verb` is fetch, send or listen."""
EXECUTE = "execute"
"""A program or code runs that the other actions do not describe. `program`; `origin` says where its code comes from."""
GIT = "git"
"""A git operation. `verb` is the subcommand after aliases, `words` its arguments, `flags` the normalised options."""
INSTALL = "install"
"""A package manager adds software. `program`, `target` (package, URL or index), `verb`."""
KILL = "kill"
"""Processes are ended. `target` is what was named: a number, a name, -1."""
PRIVILEGE = "privilege"
"""Rights or owner change: sudo, setuid, chmod to everyone, chown, a privileged container. `verb`, `path` when it is a file's."""
INFRA = "infra"
"""A cluster, cloud or container verb. `program`, `verb` ("apply", "volume rm"), `target` (context, namespace, workspace, profile)."""
DATABASE = "database"
"""A statement or command on a database. `verb` is the normalised statement ("drop database"), `target` the database or host."""
SETTING = "setting"
"""A variable or option that changes how later commands behave (HUSKY=0, core.hooksPath). `verb` is its name, `target` its value."""
TOOL = "tool"
"""A tool of the client itself or of an MCP server that has no finer meaning here. `program` is its name."""
UNKNOWN = "unknown"
"""Something runs and what it does cannot be told from here. `detail` says why. `path` when it is known what it is near."""

KINDS = (READ, WRITE, DELETE, NETWORK, EXECUTE, GIT, INSTALL, KILL, PRIVILEGE, INFRA, DATABASE, SETTING, TOOL, UNKNOWN)

ORIGIN_LOCAL = "local"
"""Code from a file or from the command line itself."""
ORIGIN_NETWORK = "network"
"""Code that came over the network in this same call."""
ORIGIN_DECODED = "decoded"
"""Code that was decoded, decrypted or otherwise produced by a program in this same call."""
ENVIRONMENT = "environment"
"""What `data` says when the process environment is sent."""


class Action:
    """`path` is absolute and lexically normal, "" when the action has none; `real` is the same with links followed.

    A path that is known only in part keeps its glob signs (`glob` is True) or ends at the last known folder (`partial` is
    True: anything below it). `words` are the resolved arguments of the innermost program, `source` the text it was read
    from, `via` the wrappers seen through, outermost first. `certain` is False when an unresolved word was involved.
    A path of which nothing is known is "" with `partial` set: it may be anywhere.
    `data` names, for NETWORK, the paths whose content is sent ("environment" for the process environment); for EXECUTE,
    the paths named among the arguments, a script first.
    `flags` are option names without values, long names where the program has one ("--force", "--recursive"); `values`
    pairs such a name with the value it was given, in the order written. `words` of a known program are its operands,
    without options; of GIT the operands of the subcommand, refspecs included.
    """

    __slots__ = (
        "certain", "data", "detail", "flags", "glob", "kind", "origin", "partial", "path", "program",
        "real", "recursive", "source", "target", "values", "verb", "via", "words",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        *,
        path: str = "",
        real: str = "",
        glob: bool = False,
        partial: bool = False,
        recursive: bool = False,
        verb: str = "",
        program: str = "",
        words: tuple[str, ...] = (),
        flags: tuple[str, ...] = (),
        values: tuple[tuple[str, str], ...] = (),
        target: str = "",
        origin: str = ORIGIN_LOCAL,
        data: tuple[str, ...] = (),
        detail: str = "",
        source: str = "",
        via: tuple[str, ...] = (),
        certain: bool = True,
    ) -> None:
        self.kind = kind
        self.path = path
        self.real = real or path
        self.glob = glob
        self.partial = partial
        self.recursive = recursive
        self.verb = verb
        self.program = program
        self.words = words
        self.flags = flags
        self.values = values
        self.target = target
        self.origin = origin
        self.data = data
        self.detail = detail
        self.source = source
        self.via = via
        self.certain = certain


class Surroundings:
    """Where a call would happen. All paths absolute; `variables` are the environment values a word may be resolved with.

    `look` says whether the file system may be asked (links, scripts that were written a moment ago); off in pure tests.
    """

    __slots__ = ("cwd", "home", "look", "root", "variables")

    def __init__(self, *, root: str, cwd: str, home: str, variables: dict[str, str] | None = None, look: bool = True) -> None:
        self.root = root
        self.cwd = cwd
        self.home = home
        self.variables = variables or {}
        self.look = look
