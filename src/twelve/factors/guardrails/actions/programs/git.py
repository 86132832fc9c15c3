"""git: global options, settings, aliases, then the subcommand with its options in full."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import EXECUTE, GIT, SETTING
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument, Options, plain, read, split
from twelve.factors.guardrails.actions.paths import Place, matches
from twelve.factors.guardrails.actions.programs import git_config, git_effects
from twelve.factors.guardrails.actions.programs.git_options import BOTH, GLOBAL, OTHERS, SUBCOMMANDS
from twelve.factors.guardrails.actions.streams import REFERENCES, Stream, silence

_ALIASES_DEEP = 5
_COMPUTED = ("push", "commit", "config", "am", "send-pack", "update-ref", "merge")
"""Subcommands that are another thing with one option more."""


def git(call: Invocation) -> None:
    """`git …`, `git-push …`, `hub …`."""
    words = list(call.words)
    if call.name.startswith("git-"):
        words = [Argument(call.name[4:]), *words]
    outer = read(words, GLOBAL, permute=False)
    before = call.state.cwds
    folder = _surroundings(call, outer)
    git_config.from_environment(call)
    for name, value in outer.values:
        if name == "-c":
            git_config.setting(call, value)
        elif name == "--config-env":
            _config_env(call, value)
    if outer.operands:
        _subcommand(call, outer, list(outer.operands), folder, 0)
    call.state.cwds = before


def _surroundings(call: Invocation, outer: Options) -> str:
    """`-C` moves, `--git-dir` and `GIT_DIR` name another repository; answers its folder, "" for the one we are in."""
    for value in outer.all("-C"):
        call.state.cwds = tuple(place for place in call.state.places(value.text))
    variables = call.state.scope.variables
    folder = outer.value("--git-dir") or (Argument(variables["GIT_DIR"] or "") if variables.get("GIT_DIR") else None)
    tree = outer.value("--work-tree") or (Argument(variables["GIT_WORK_TREE"] or "") if variables.get("GIT_WORK_TREE") else None)
    place = call.state.places(folder.text)[0] if folder else None
    if tree is not None:
        call.state.cwds = tuple(call.state.places(tree.text))
    elif place is not None and place.path.endswith("/.git"):
        call.state.cwds = (Place(place.path[:-5] or "/"),)
    executables = outer.value("--exec-path")
    if executables is not None:
        call.add(SETTING, verb="GIT_EXEC_PATH", target=executables.text)
    return place.path if place else ""


def _config_env(call: Invocation, value: Argument) -> None:
    name, _, variable = value.text.partition("=")
    known = call.state.scope.variables.get(variable)
    git_config.configured(call, name, Argument(known or "\0", exact=known is not None))


def _subcommand(call: Invocation, outer: Options, words: list[Argument], folder: str, depth: int) -> None:
    if words[0].pattern and call.state.look:
        words = _matched(call, words)
    name = words[0].text
    if not words[0].exact:
        call.add(GIT, verb="?", certain=False, place=call.state.cwd, detail="the subcommand cannot be known from here")
        return
    if name not in SUBCOMMANDS and name not in OTHERS and depth < _ALIASES_DEEP:
        stands_for = git_config.alias_of(call, name, folder)
        if stands_for.startswith("!"):
            _shell_alias(call, stands_for[1:], words[1:])
            return
        if stands_for:
            _subcommand(call, outer, split(Argument(stands_for)) + words[1:], folder, depth + 1)
            return
        call.add(EXECUTE, program="git-" + name, words=tuple(word.text for word in words[1:]))
    options = read(words[1:], SUBCOMMANDS.get(name, ""))
    for flag in list(options.flags):
        options.flags += BOTH.get((name, flag), ())
    call.output = None
    if not _helps(options):
        call.add(
            GIT, verb=name, options=options, place=call.state.cwd, target=folder,
            certain=all(word.exact for word in words) and not options.unsure,
        )  # fmt: skip
        git_effects.follow(call, name, options)
        if name in _COMPUTED and any(word.computed and word.text.startswith("\0") for word in options.operands):
            call.unknown("an argument of git that is computed while the call runs", git_effects.in_git_folder(call, "config"))
    call.output = call.output or _printed(call, name, options)


def _matched(call: Invocation, words: list[Argument]) -> list[Argument]:
    """A subcommand written as a pattern is whatever lies here and fits; so are options."""
    found: list[Argument] = []
    for word in words:
        names = [path.rpartition("/")[2] for place in call.state.places(word.text, pattern=True) for path in matches(place.path)]
        found += plain(*names) if word.pattern and "/" not in word.text and names else [word]
    return found


def _helps(options: Options) -> bool:
    return options.has("--help") and not options.rest


def _shell_alias(call: Invocation, text: str, words: list[Argument]) -> None:
    inner = call.state.child("git")
    line = text + ' "$@"' if words else text
    call.output = code.run("shell", line, inner, origin="local", stdin=call.stdin, words=words, program="sh")


def _printed(call: Invocation, name: str, options: Options) -> Stream:
    """What scripts use git for most: the folder of the repository."""
    root = call.state.work.surroundings.root
    if name == "rev-parse" and root and (call.state.cwd.path + "/").startswith(root + "/"):
        if options.flags == ["--show-toplevel"]:
            return Stream(root + "\n")
        if options.flags in (["--git-dir"], ["--absolute-git-dir"], ["--git-common-dir"]):
            return Stream(root + "/.git\n")
        if options.flags == ["--git-path"] and options.values:
            return Stream(f"{root}/.git/{options.values[0][1].text}\n")
        if options.flags == ["--show-cdup"] and call.state.cwd.path == root:
            return silence()
    if name == "ls-files" and not options.has("-s", "--stage", "-o", "--others"):
        listed = Stream(None, data=(*call.provenance(), REFERENCES))
        listed.later = lambda: git_effects.tracked(call, options.operands)
        return listed
    if name in _REFERRING or (name in _CHANGES and not _shows_content(options)):
        return Stream(_branch(call, name, options), data=(*call.provenance(), REFERENCES), origin=call.stdin.origin)
    data = tuple(action.path for action in call.state.work.actions[-4:] if action.kind == "read" and action.program == "git")
    return Stream(None, data=call.provenance() + data, origin=call.stdin.origin)


_REFERRING = ("describe", "tag", "branch", "rev-parse", "symbolic-ref", "for-each-ref", "rev-list", "remote", "ls-remote", "merge-base",
              "show-ref", "name-rev")  # fmt: skip
"""Print names of references and commits, which never look like an option."""
_CHANGES = ("show", "diff", "format-patch", "log", "diff-tree", "stash", "whatchanged")
"""Print changes from the history."""


def _shows_content(options: Options) -> bool:
    """`git show revision:path` and `--format` print what a file or a message says."""
    return any(":" in word.text for word in options.operands) or options.has("--format", "--pretty", "--no-index")


def _branch(call: Invocation, name: str, options: Options) -> str | None:
    """The branch we are on, when that is what was asked for."""
    asked = (name == "branch" and options.flags == ["--show-current"]) or (
        name in ("rev-parse", "symbolic-ref") and [word.text for word in options.operands] == ["HEAD"] and "--verify" not in options.flags
        and ("--abbrev-ref" in options.flags or "--short" in options.flags)
    )  # fmt: skip
    text = call.looked_at(call.state.work.surroundings.root + "/.git/HEAD") if asked else None
    return text.strip().removeprefix("ref: refs/heads/") + "\n" if text else None


def jujutsu(call: Invocation) -> None:
    """`jj git push`: git underneath."""
    words = list(call.words)
    call.run(plain("git") + (words[1:] if words and words[0].text == "git" else words))


PROGRAMS = {"git": git, "hub": git, "jj": jujutsu}
