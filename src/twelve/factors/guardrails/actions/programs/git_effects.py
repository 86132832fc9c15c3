"""What git subcommands do besides being git operations: files, code, network."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, EXECUTE, NETWORK, READ, WRITE
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options
from twelve.factors.guardrails.actions.patches import unified
from twelve.factors.guardrails.actions.paths import Place
from twelve.factors.guardrails.actions.programs import git_config

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


def _apply(call: Invocation, options: Options) -> None:
    if options.has("--check", "--stat", "--numstat", "--summary", "--cached") and not options.has("--apply"):
        return
    texts = [call.state.text_of(call.read(word)) for word in options.operands] or [call.state.text_of(call.stdin)]
    strip = options.value("-p")
    folder = options.value("--directory")
    for text in texts:
        if text is None:
            call.add(WRITE, place=_below_here(call), verb="patch", recursive=True, detail="a patch that cannot be seen", certain=False)
            continue
        for change in unified(text, int(strip.text) if strip and strip.text.isdigit() else 0):
            path = (folder.text.rstrip("/") + "/" if folder else "") + change.path
            _each(call, DELETE if change.kind in ("delete", "move") else WRITE, Argument(path), "patch", recursive=False)


def _below_here(call: Invocation) -> Place:
    place = call.state.cwd
    return Place(place.path, real=place.real, partial=True)


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
    if operands:
        value = operands[1] if len(operands) > 1 else Argument("")
        git_config.configured(call, operands[0].text, value)


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


def _index(call: Invocation, options: Options) -> None:
    prefix = options.value("--prefix")
    if prefix is not None:
        call.write(Argument(prefix.text.rstrip("/") or "/"), verb="checkout", recursive=True)
    for word in options.operands:
        _each(call, WRITE, word, "checkout")


_EFFECTS = {
    "clone": _clone, "init": _init, "checkout": _checkout, "restore": _restore, "rm": _remove, "mv": _move, "clean": _clean,
    "apply": _apply, "am": _apply, "config": _config, "worktree": _worktree, "submodule": _submodule, "bisect": _bisect,
    "show": _show, "cat-file": _show, "diff": _show, "hook": _hook, "bundle": _bundle, "checkout-index": _index,
}  # fmt: skip
