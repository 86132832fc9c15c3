"""Package managers: what they install and from where, scripts they run, and the programs they start on somebody's behalf."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, INSTALL, KILL, NETWORK
from twelve.factors.guardrails.actions.code import run as run_code
from twelve.factors.guardrails.actions.handed import erased, touched
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.jsontext import parsed
from twelve.factors.guardrails.actions.options import Argument, Options, plain, read
from twelve.factors.guardrails.actions.programs.table import family_of

_SPEC = (
    "i|index-url= extra-index-url= f|find-links= r|requirement= e|editable= c|constraint= t|target= registry= prefix= C|dir|cwd= "
    "w|workspace= n|name= p|package|python= "
    "tag= git= path= branch= rev= features= F= root= version= source= with= from= proxy= user g|global D|save-dev E|save-exact "
    "save-optional y|yes "
    "q|quiet U|upgrade force ignore-scripts no-deps dev group= G= channel= extra= index= prefer-binary pre require-hashes "
    "trusted-host= filter= "
    "no-verify allow-unauthenticated break-system-packages u"
)
_INSTALLING = ("install", "add", "i", "in", "ci", "update", "upgrade", "up", "get", "dlx", "download", "require", "sync", "localinstall",
    "-S", "-Sy", "-Syu", "-U", "-i",
               "get-deps", "deps.get", "bundle", "fetch", "restore", "tap", "reinstall", "clean-install", "create", "init",
               "toolchain")  # fmt: skip
_REMOVING = ("uninstall", "remove", "rm", "un", "r", "purge", "autoremove", "-R", "-Rns", "erase", "unlink", "delete")
_PUBLISHING = ("publish", "upload", "push", "deploy", "owner", "yank", "deprecate", "unpublish")
_RUNNERS = {
    "poetry": ("run",), "pipenv": ("run",), "pdm": ("run",), "hatch": ("run",), "uv": ("run",), "conda": ("run",), "mamba": ("run",),
    "micromamba": ("run",), "bundle": ("exec",),
    "bundler": ("exec",), "npm": ("exec", "x"), "pnpm": ("exec", "dlx", "x"), "yarn": ("exec", "dlx"), "pipx": ("run",),
    "composer": ("exec",), "cargo": (), "stack": ("exec",),
    "opam": ("exec",), "nix": ("run",), "pre-commit": (), "mix": ("cmd",),
}  # fmt: skip
_NODE = ("npm", "pnpm", "yarn", "bun")
_NODE_SCRIPTS = ("run", "run-script", "test", "t", "tst", "start", "stop", "restart", "rum", "urn")
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")


def package_manager(call: Invocation) -> None:
    """Any of them: the first operand is the verb."""
    options = call.options(_SPEC, permute=True)
    words = [word.text for word in options.operands]
    folder = options.value("--dir", "--prefix", "--cwd") if call.name in _NODE else None
    if folder is not None:
        call.state = call.state.child()
        call.state.go(tuple(call.state.places(folder.text)))
    verb = words[0] if words else ("install" if call.name in ("yarn", "bundle") else "")
    if call.name == "uv" and words[:1] in (["pip"], ["tool"]) and len(words) > 1:
        verb = words[1]
    elif call.name in ("go", "dotnet") and words[:1] in (["mod"], ["tool"], ["package"]):
        verb = words[1] if len(words) > 1 else ""
    if call.name == "uv" and verb == "venv" and "--clear" in call.texts:
        for word in options.operands[1:]:
            erased(call, word)
    if call.name == "cargo" and verb == "clean":
        for at, text in enumerate(call.texts[:-1]):
            if text == "--target-dir":
                erased(call, call.words[at + 1])
    if verb in _RUNNERS.get(call.name, ()) or (call.name == "uv" and words[:2] == ["tool", "run"]):
        _on_behalf(call, verb)
    elif call.name in _NODE and (verb in _NODE_SCRIPTS or (verb and call.name != "npm" and _script_named(call, verb))):
        _script(call, verb, words)
    elif verb in _INSTALLING or any(
        flag in ("-S", "-U", "-i") for flag in options.flags if call.name in ("pacman", "dpkg", "rpm", "nix-env")
    ):
        _install(call, options, verb)
    elif verb in _REMOVING:
        call.add(INSTALL, options=options, verb="remove", target=" ".join(words[1:]))
    elif verb in _PUBLISHING:
        call.add(NETWORK, options=options, verb="send", target=call.name + " " + verb, data=call.provenance())
        call.execute(options=options)
    else:
        _other(call, options, words)


def _install(call: Invocation, options: Options, verb: str) -> None:
    words = [word.text for word in options.operands]
    places = [word for word in words[1:] if word != verb]
    urls = [text for text in places if "://" in text or text.startswith("git+")]
    index = options.value("--index-url", "--extra-index-url", "--registry", "--find-links", "--index", "--source", "--git")
    target = urls[0] if urls else index.text if index is not None else " ".join(places)
    call.add(INSTALL, options=options, verb=verb, target=target)
    touched(call)
    _local(call, options)
    for word in options.all("--requirement", "--constraint"):
        if "://" not in word.text:
            call.read(word)
    for word in options.all("--target", "--root"):
        call.write(word, verb="install", recursive=True)
    if call.name in _NODE and not options.has("--ignore-scripts") and not places:
        for name in _LIFECYCLE:
            _run_script(call, name, [])


def _local(call: Invocation, options: Options) -> None:
    """A package that lies in a folder here runs its own steps when it is installed."""
    for word in [*options.operands[1:], *options.all("--editable")]:
        if not word.text.startswith((".", "/")) or word.text.endswith((".whl", ".tgz", ".gz", ".zip")):
            continue
        if call.name in _NODE and not options.has("--ignore-scripts") and word.text not in (".", "./"):
            inner = Invocation(call.name, [], call.state.child(), call.stdin, call.source)
            inner.state.go(tuple(inner.state.places(word.text)))
            for name in _LIFECYCLE:
                _run_script(inner, name, [])
        elif call.name in ("pip", "uv", "pipx"):
            setup = Argument(word.text.partition("[")[0].rstrip("/") + "/setup.py", exact=word.exact)
            if call.state.look and call.text_of(setup) is not None:
                call.run([Argument("python"), setup, Argument("install")])


def _other(call: Invocation, options: Options, words: list[str]) -> None:
    if (call.name == "cargo" and words[:1] in (["run"], ["test"], ["build"], ["clean"])) or call.name in (
        "gradle",
        "mvn",
        "gradlew",
        "mvnw",
        "sbt",
    ):
        call.execute(options=options)
    elif call.name == "go" and words[:1] == ["run"] and any("@" in word for word in words[1:]):
        call.add(INSTALL, options=options, verb="run", target=words[1])
    elif words[:2] in (["pkg", "set"], ["set-script"]) and call.name in _NODE:
        for text in words[2:]:
            name, _, value = text.partition("=")
            if name.startswith("scripts."):
                _code(call, value, "local")
        call.write(Argument("package.json"), verb="edit")
    elif words[:2] == ["config", "set"] and call.name in (*_NODE, "pip"):
        call.write(Argument(call.state.scope.home + ("/.config/pip/pip.conf" if call.name == "pip" else "/.npmrc")), verb="config")
    elif words and family_of(words[0]) and call.name in ("yarn", "pnpm", "bun", "bundle"):
        _on_behalf(call, "")
    else:
        call.execute(options=options)
        touched(call)


def _on_behalf(call: Invocation, verb: str) -> None:
    """`poetry run x`, `npm exec -- x`, `uv run --with y x`, `yarn x`."""
    words = list(call.words)
    while words and words[0].text != verb and verb:
        words.pop(0)
    words = words[1:] if verb else words
    options = read(
        words,
        "with= from= p|package|python= n|name= c|call= y|yes env-file= directory= project= extra= group= index= "
        "w|workspace= m|module= q|quiet s|script isolated no-sync frozen locked",
        permute=False,
    )
    inner = options.operands
    for value in options.all("--call"):
        _code(call, value.text, value.origin)
    for value in [*options.all("--package"), *options.all("--from"), *options.all("--with")]:
        if verb in ("exec", "x", "dlx", "run") and not value.text.startswith("3."):
            call.add(INSTALL, options=options, verb="exec", target=value.text)
    module = options.value("--module")
    if module is not None:
        call.run([*plain("python", "-m"), module, *inner])
    elif inner:
        _start(
            call, inner, fetches=verb in ("dlx", "x") or (verb == "run" and call.name == "pipx") or (verb == "exec" and call.name == "npm")
        )


def _start(call: Invocation, words: list[Argument], *, fetches: bool) -> None:
    name = words[0].text
    bare = name.rpartition("@")[0] if name.rfind("@") > 0 else name
    short = _AGENTS.get(bare) or (bare.rpartition("/")[2] if bare.startswith("@") else bare)
    if fetches and not family_of(short):
        call.add(INSTALL, verb="exec", target=name, words=tuple(word.text for word in words))
    if short == "kill-port":
        for word in words[1:]:
            call.add(KILL, target=":" + word.text)
        return
    if name.endswith((".py", ".js", ".ts")) and call.name in ("uv", "poetry", "pdm", "pipenv", "hatch"):
        call.run([*plain("python"), *words])
    else:
        call.run([Argument(short if family_of(short) else name, exact=words[0].exact, origin=words[0].origin), *words[1:]])


_AGENTS = {"@anthropic-ai/claude-code": "claude", "@openai/codex": "codex", "@google/gemini-cli": "gemini", "aider-chat": "aider",
           "opencode-ai": "opencode", "@sourcegraph/amp": "amp", "@qwen-code/qwen-code": "qwen", "claude-code": "claude"}  # fmt: skip
"""Packages whose program has another name."""


def starter(call: Invocation) -> None:
    """`npx`, `bunx`, `pnpx`, `uvx`, `corepack`."""
    options = call.options(
        "p|package= c|call= y|yes q|quiet no-install from= with= python= index= ignore-existing node-options= shell= w|workspace=",
        permute=False,
    )
    for value in [*options.all("--package"), *options.all("--from"), *options.all("--with")]:
        call.add(INSTALL, options=options, verb="exec", target=value.text)
    for value in options.all("--call"):
        _code(call, value.text, value.origin)
    if options.operands:
        _start(call, options.operands, fetches=not options.has("--no-install", "--package", "--from"))


def _code(call: Invocation, text: str, origin: str) -> None:
    inner = call.state.child(call.name)
    call.output = run_code("shell", text, inner, origin=origin, stdin=call.stdin, words=[], program="sh")


def _scripts(call: Invocation) -> dict[str, str]:
    """The scripts of package.json here, as far as looking is allowed or it was written in this call."""
    text = call.text_of(Argument("package.json"))
    found = parsed(text) if text else None
    scripts = found.get("scripts") if isinstance(found, dict) else None
    return {name: body for name, body in scripts.items() if isinstance(body, str)} if isinstance(scripts, dict) else {}


def _script_named(call: Invocation, name: str) -> bool:
    return name in _scripts(call)


def _script(call: Invocation, verb: str, words: list[str]) -> None:
    named = verb in ("run", "run-script", "rum", "urn")
    name = (words[1] if len(words) > 1 else "") if named else {"t": "test", "tst": "test"}.get(verb, verb)
    call.execute(words=tuple(words))
    texts = call.texts
    extra = call.words[texts.index("--") + 1 :] if "--" in texts else []
    for step in ("pre" + name, name, "post" + name):
        _run_script(call, step, extra if step == name else [])


def _run_script(call: Invocation, name: str, extra: list[Argument]) -> None:
    body = _scripts(call).get(name)
    if body and len(call.state.via) < 6:
        quoted = "".join(" '" + word.text.replace("'", "'\\''") + "'" for word in extra)
        _code(call, body + quoted, "local")


def hooks_manager(call: Invocation) -> None:
    """`pre-commit`, `husky`, `lefthook`: installing writes hooks, everything else only runs."""
    options = call.options("t|hook-type= a|all-files f|force c|config= files= from-ref= to-ref=")
    call.add(EXECUTE, options=options)


PROGRAMS = {
    "packages": package_manager, **dict.fromkeys(("npx", "bunx", "pnpx", "uvx", "corepack"), starter),
    **dict.fromkeys(("pre-commit", "husky", "lefthook", "overcommit", "lint-staged"), hooks_manager),
}  # fmt: skip
