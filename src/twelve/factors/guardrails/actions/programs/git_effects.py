"""What git subcommands do besides being git operations: files, code, network."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, EXECUTE, NETWORK, READ, UNKNOWN, WRITE
from twelve.factors.guardrails.actions.code import load
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.links import is_there
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.patches import unified
from twelve.factors.guardrails.actions.paths import Place, fits
from twelve.factors.guardrails.actions.programs import git_config
from twelve.factors.guardrails.actions.programs.archives import marked, patch_text, unseen_patch

_RUNS = ("--exec", "--extcmd", "--tree-filter", "--env-filter", "--index-filter", "--parent-filter", "--msg-filter", "--commit-filter",
         "--tag-name-filter", "--setup", "--upload-pack", "--receive-pack")  # fmt: skip
_OUTPUTS = ("--output", "--output-directory", "--export-marks", "--build-fake-ancestor")
_INPUTS = ("--file", "--pathspec-from-file", "--template")
_NETWORK = {"push": "send", "fetch": "fetch", "pull": "fetch", "clone": "fetch", "ls-remote": "fetch", "send-pack": "send",
            "http-push": "send", "send-email": "send", "imap-send": "send", "fetch-pack": "fetch", "request-pull": "fetch"}  # fmt: skip


def follow(call: Invocation, name: str, options: Options) -> None:
    """Adds them."""
    for flag, value in options.values:
        if flag in _RUNS and not (name == "push" and flag == "--exec"):
            git_config.run_code(call, value)
        elif flag in _OUTPUTS or (flag == "-o" and name == "archive"):
            call.write(value, verb="write")
        elif flag in _INPUTS and name not in ("config", "init", "clone"):
            call.read(value)
    if name in _NETWORK:
        _network(call, name, options)
    effect = _EFFECTS.get(name)
    if effect is not None:
        effect(call, options)


def _network(call: Invocation, name: str, options: Options) -> None:
    remote = options.operands[0] if options.operands else options.value("--repo")
    target = remote.text if remote else ""
    if target.startswith("ext::"):
        git_config.run_code(call, Argument(target[5:].replace("%S", "").replace("%s", "")))
    if not target.startswith((".", "/", "file:")) or (name == "clone" and "://" in target):
        call.add(NETWORK, verb=_NETWORK[name], target=target or "origin", options=options)


def _clone(call: Invocation, options: Options) -> None:
    operands = options.operands
    for pair in options.all("--config"):
        git_config.setting(call, pair)
    if len(operands) > 1:
        call.write(operands[1], verb="clone", recursive=True)
    elif operands:
        name = operands[0].text.rstrip("/").removesuffix(".git").rpartition("/")[2].rpartition(":")[2]
        call.write(Argument(name or "repository"), verb="clone", recursive=True)
    _separate(call, options)


def _init(call: Invocation, options: Options) -> None:
    for word in options.operands[:1]:
        call.write(word, verb="init")
    _separate(call, options)


def _separate(call: Invocation, options: Options) -> None:
    folder = options.value("--separate-git-dir")
    if folder is not None:
        call.write(folder, verb="init", recursive=True)


def _pathspecs(options: Options, *, after: int = 0) -> list[Argument]:
    """Operands behind `--`; without one, those from `after` on that do not look like a revision."""
    words = options.rest or options.operands[after:]
    return [word for word in words if not word.text.startswith(":(exclude)")]


def _spec(word: Argument) -> Argument:
    """A pathspec as a path: `:/x` is from the top, globs are git's own."""
    text = word.text
    if text.startswith(":(") and ")" in text:
        text = text.partition(")")[2]
    text = text[2:] if text.startswith(":/") else text
    return Argument(text or ".", exact=word.exact, pattern=any(sign in text for sign in "*?["))


def _checkout(call: Invocation, options: Options) -> None:
    for word in options.rest:
        _each(call, WRITE, _spec(word), "checkout")
    if not options.rest and not options.has("-b", "-B", "--orphan", "--detach"):
        for word in options.operands[1:]:
            _each(call, WRITE, _spec(word), "checkout")
        if (len(options.operands) == 1 and options.operands[0].text in (".", ":/", "*")) or (
            len(options.operands) == 1 and "." in options.operands[0].text
        ):
            _each(call, WRITE, _spec(options.operands[0]), "checkout")


def _restore(call: Invocation, options: Options) -> None:
    if options.has("--staged") and not options.has("--worktree"):
        return
    for word in options.operands:
        _each(call, WRITE, _spec(word), "checkout")


def _each(call: Invocation, kind: str, word: Argument, verb: str, *, recursive: bool = True) -> None:
    for place in call.places(word):
        call.add(kind, place=place, verb=verb, recursive=recursive, words=(word.text,))


def _remove(call: Invocation, options: Options) -> None:
    if options.has("--cached", "--dry-run"):
        return
    for word in options.operands:
        _each(call, DELETE, _spec(word), "git", recursive=options.has("-r"))


def _move(call: Invocation, options: Options) -> None:
    if options.has("--dry-run") or len(options.operands) < 2:
        return
    target = options.operands[-1]
    for word in options.operands[:-1]:
        _each(call, DELETE, word, "move")
        name = word.text.rstrip("/").rpartition("/")[2]
        _each(call, WRITE, target, "move")
        if any(call.state.folder_is_there(place.real) for place in call.state.places(target.text)) or target.text.endswith("/"):
            _each(call, WRITE, Argument(target.text.rstrip("/") + "/" + name), "move")


def _clean(call: Invocation, options: Options) -> None:
    """Files git does not know: those of the operands, of everything here without one."""
    if options.has("--dry-run", "--interactive"):
        return
    for word in options.operands:
        _each(call, DELETE, _spec(word), "clean", recursive=options.has("-d"))
    root = call.state.work.surroundings.root
    if not options.operands and root and not (call.state.cwd.path + "/").startswith(root + "/"):
        call.delete(Argument(call.state.cwd.path), verb="clean", recursive=True)


def _apply(call: Invocation, options: Options) -> None:
    if options.has("--check", "--stat", "--numstat", "--summary") and not options.has("--apply"):
        return
    if options.has("--abort", "--continue", "--skip", "--quit", "--resolved", "--show-current-patch"):
        return
    streams = [call.read(word) for word in options.operands] or [call.stdin]
    strip = options.value("-p")
    folder = options.value("--directory")
    for stream in streams:
        text = patch_text(call, stream)
        if text is None:
            call.add(WRITE, place=_below_here(call), verb="patch", recursive=True, detail="a patch that cannot be seen", certain=False)
            unseen_patch(call, stream)
            continue
        for change in unified(text, int(strip.text) if strip and strip.text.isdigit() else 0):
            path = (folder.text.rstrip("/") + "/" if folder else "") + change.path
            kind = UNKNOWN if options.has("--cached") else DELETE if change.kind in ("delete", "move") else WRITE
            _each(call, kind, Argument(path), "patch", recursive=False)
            if call.state.cwd.path != call.state.work.surroundings.root:
                _each(call, kind, Argument(call.state.work.surroundings.root + "/" + path), "patch", recursive=False)


def _below_here(call: Invocation) -> Place:
    place = call.state.cwd
    return Place(place.path, real=place.real, partial=True)


_HARMLESS = (
    "user.", "author.", "committer.", "init.defaultbranch", "pull.", "branch.", "color.", "column.", "rerere.", "fetch.", "log.", "status.",
    "commit.", "tag.", "rebase.", "blame.", "grep.", "help.", "advice.", "format.", "i18n.", "gui.", "feature.", "index.", "pack.",
    "maintenance.", "lfs.", "stash.", "versionsort.", "worktree.", "checkout.", "switch.", "pager.", "http.postbuffer", "http.version",
    "push.default", "push.autosetupremote", "push.followtags", "push.recursesubmodules", "safe.directory", "submodule.",
    "merge.conflictstyle",
    "merge.ff", "merge.tool", "merge.renames", "merge.renamelimit", "merge.autostash", "merge.log", "merge.stat", "diff.algorithm",
    "diff.renames", "diff.renamelimit", "diff.colormoved", "diff.tool", "diff.context", "diff.mnemonicprefix", "diff.noprefix",
    "diff.submodule", "diff.wserrorhighlight", "diff.interhunkcontext", "diff.indentheuristic", "diff.statgraphwidth", "core.autocrlf",
    "core.eol", "core.safecrlf", "core.filemode", "core.ignorecase", "core.quotepath", "core.longpaths", "core.abbrev", "core.whitespace",
    "core.precomposeunicode", "core.symlinks", "core.preloadindex", "core.untrackedcache", "core.splitindex", "core.compression",
    "core.commentchar", "core.editor", "core.pager", "core.hookspath", "gc.auto", "interactive.singlekey", "alias.", "remote.", "notes.",
    "commitgraph.", "credential.usehttppath", "hub.", "github.", "gitlab.", "gerrit.", "review.", "sendemail.", "difftool.prompt",
    "mergetool.prompt", "mergetool.keepbackup", "core.logallrefupdates", "core.sharedrepository", "core.bigfilethreshold", "twelve.",
)  # fmt: skip
"""Settings that say how something looks, who somebody is or where branches belong. What runs or hides something is judged by others."""


def _unlisted(key: str, value: str) -> bool:
    """Whether a setting may change what git takes for the tree, the remote or a program."""
    key = key.lower()
    if key == "core.bare" and value.lower() in ("false", "no", "off", "0"):
        return False
    if key.endswith((".command", ".cmd", ".update", ".mirror", ".pushurl", ".receivepack", ".uploadpack", ".vcs")):
        return True
    if key.startswith("remote.") and key.endswith(".push"):
        return True
    return not key.startswith(_HARMLESS)


def _config(call: Invocation, options: Options) -> None:
    """A setting that is written; reading one says nothing."""
    operands = list(options.operands)
    modern = operands[0].text if operands else ""
    if modern in ("list", "get") or options.has("--get", "--get-all", "--get-regexp", "--list", "--get-urlmatch"):
        return
    if modern in ("set", "unset", "edit", "remove-section", "rename-section"):
        operands = operands[1:]
    file = options.value("--file")
    writes = len(operands) > 1 or modern in ("set", "unset", "edit", "remove-section", "rename-section") or options.has(
        "--add", "--unset", "--unset-all", "--replace-all", "--edit", "--remove-section", "--rename-section")  # fmt: skip
    if not writes:
        return
    if file is not None:
        call.write(file, verb="config")
    elif options.has("--global"):
        call.write(Argument(call.state.scope.home + "/.gitconfig"), verb="config")
    elif options.has("--system"):
        call.write(Argument("/etc/gitconfig"), verb="config")
    if file is None and (not operands or _unlisted(operands[0].text, operands[1].text if len(operands) > 1 else "")):
        call.unknown("a setting of git that may change what is checked, or what runs", in_git_folder(call, "config"))
    if operands:
        value = operands[1] if len(operands) > 1 else Argument("")
        git_config.configured(call, operands[0].text, value)


def in_git_folder(call: Invocation, name: str) -> Argument:
    """A file of the repository's own."""
    return Argument((call.state.work.surroundings.root or call.state.cwd.path) + "/.git/" + name)


def own_places(call: Invocation) -> tuple[str, ...]:
    """Files and folders the guard lives by."""
    root = call.state.work.surroundings.root or call.state.cwd.path
    return tuple(root + "/" + name for name in _REGISTERED)


_REGISTERED = ("twelve.toml", ".twelve", ".claude/settings.local.json", ".claude/settings.json", ".codex", ".gemini/settings.json",
               ".mcp.json", ".husky", "lefthook.yml", ".pre-commit-config.yaml")  # fmt: skip
"""Where the guard is registered and what it is registered by; often untracked or ignored."""
_INDEX_LIMIT = 32 * 1024 * 1024


def _stash(call: Invocation, options: Options) -> None:
    """Put away is gone from the tree: untracked files with `-u`, ignored ones with `-a`, and whatever is named."""
    verb = options.operands[0].text if options.operands else "push"
    if verb not in ("push", "save"):
        return
    if options.has("--pathspec-from-file"):
        call.unknown("paths from a file are put away", Argument(own_places(call)[0]))
    specs = options.rest or (options.operands[1:] if verb == "push" else [])
    for word in specs:
        _each(call, WRITE if word.text in (".", ":/", "*") else DELETE, _spec(word), "stash", recursive=True)
    if specs or not options.has("--include-untracked", "--all"):
        return
    tracked = None if options.has("--all") and not call.state.look else _index(call)
    for path in own_places(call):
        name = path[len(call.state.work.surroundings.root or call.state.cwd.path) + 1 :]
        if (call.state.look and not is_there(path)) or (tracked is not None and name.encode() in tracked):
            continue
        if tracked is not None or options.has("--all"):
            call.delete(Argument(path), verb="stash", recursive=True)


def _index(call: Invocation) -> bytes | None:
    """git's list of tracked files as it lies on disk; None when it cannot be read or is written in its compressed form."""
    if not call.state.look:
        return None
    data = load("twelve.factors.guardrails.actions.members", "content")(in_git_folder(call, "index").text, _INDEX_LIMIT)
    return None if data is None or data[4:8] == b"\0\0\0\4" else data


def tracked(call: Invocation, words: list[Argument]) -> str | None:
    """Of the tracked files that fit the words, those that may matter: hidden ones and known names."""
    data = _index(call)
    names = load("twelve.factors.guardrails.actions.members", "tracked")(data) if data is not None else None
    if names is None:
        return None
    wanted = [word.text.removeprefix("./").rstrip("/") for word in words]
    chosen = [name for name in marked(names) if not wanted or any(_under(name, text) for text in wanted)]
    return "".join(name + "\n" for name in chosen)


def _under(name: str, text: str) -> bool:
    return text in ("", ".") or name == text or name.startswith(text + "/") or fits(name, text) or fits(name.rpartition("/")[2], text)


def _sparse(call: Invocation, options: Options) -> None:
    """Which tracked files stay in the tree."""
    if options.operands and options.operands[0].text in ("set", "init", "add", "reapply"):
        call.unknown("patterns decide which files stay in the tree", Argument(own_places(call)[1]))


def _switch(call: Invocation, options: Options) -> None:
    if options.has("--orphan"):
        call.unknown("every tracked file leaves the tree", Argument(own_places(call)[1]))


def _read_tree(call: Invocation, options: Options) -> None:
    prefix = options.value("--prefix")
    if prefix is not None:
        call.write(Argument(prefix.text.rstrip("/") or "."), verb="checkout", recursive=True)
    elif options.operands and not options.has("-n"):
        call.unknown("another tree takes the place of the index", Argument(own_places(call)[1]))


def _update_index(call: Invocation, options: Options) -> None:
    """`--index-info` and `--stdin` take names from their input."""
    if not options.has("--index-info", "--stdin"):
        return
    text = call.state.text_of(call.stdin)
    if text is None:
        call.unknown("names from a file are put into the index", Argument(own_places(call)[1]))
    for line in (text or "").replace("\0", "\n").split("\n")[:200]:
        name = line.rpartition("\t")[2].strip()
        if name:
            call.unknown("a name from a file is put into the index", Argument(name))


def _merge_file(call: Invocation, options: Options) -> None:
    if not options.has("-p", "--stdout"):
        for word in options.operands[:1]:
            call.write(word, verb="write")


def _worktree(call: Invocation, options: Options) -> None:
    texts = [word.text for word in options.operands]
    if len(texts) > 1 and texts[0] == "add":
        call.write(options.operands[1], verb="worktree", recursive=True)
    elif len(texts) > 1 and texts[0] == "remove":
        call.delete(options.operands[1], verb="worktree", recursive=True)
    elif len(texts) > 2 and texts[0] == "move":
        call.delete(options.operands[1], verb="move", recursive=True)
        call.write(options.operands[2], verb="worktree", recursive=True)


def _submodule(call: Invocation, options: Options) -> None:
    texts = [word.text for word in options.given]
    if "foreach" in texts:
        rest = [word for word in options.given[texts.index("foreach") + 1 :] if word.text not in ("--recursive", "--quiet", "-q")]
        if len(rest) == 1:
            git_config.run_code(call, rest[0])
        elif rest:
            call.run(rest, via="git")
    elif "update" in texts or "add" in texts:
        call.add(NETWORK, verb="fetch", target="submodules")


def _bisect(call: Invocation, options: Options) -> None:
    words = options.given
    if words and words[0].text == "run" and len(words) > 1:
        call.run(words[1:], via="git")


def _show(call: Invocation, options: Options) -> None:
    """`git show revision:path` shows a file's content."""
    for word in options.operands:
        _revision, colon, path = word.text.partition(":")
        if colon and path and "://" not in word.text:
            _each(call, READ, Argument(path.removeprefix("./"), exact=word.exact), "git", recursive=False)
    if options.has("--no-index"):
        for word in options.operands:
            call.read(word)


def _hook(call: Invocation, options: Options) -> None:
    call.add(EXECUTE, program="git-hook", words=tuple(word.text for word in options.given))


def _bundle(call: Invocation, options: Options) -> None:
    if len(options.operands) > 1 and options.operands[0].text == "create":
        call.write(options.operands[1], verb="write")


def _checkout_index(call: Invocation, options: Options) -> None:
    prefix = options.value("--prefix")
    if prefix is not None:
        call.write(Argument(prefix.text.rstrip("/") or "/"), verb="checkout", recursive=True)
    for word in options.operands:
        _each(call, WRITE, word, "checkout")


_EFFECTS = {
    "clone": _clone, "init": _init, "checkout": _checkout, "restore": _restore, "rm": _remove, "mv": _move, "clean": _clean,
    "apply": _apply, "am": _apply, "config": _config, "worktree": _worktree, "submodule": _submodule, "bisect": _bisect,
    "stash": _stash, "sparse-checkout": _sparse, "switch": _switch, "read-tree": _read_tree, "update-index": _update_index,
    "merge-file": _merge_file, "show": _show, "cat-file": _show, "diff": _show, "hook": _hook, "bundle": _bundle,
    "checkout-index": _checkout_index,
}  # fmt: skip
