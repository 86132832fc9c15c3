"""Command lines of pipelines, recipes and scripts: what they check, and what makes their failure count for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_FAMILIES: dict[str, str] = {
    "test": "pytest py.test unittest nose nosetests tox nox jest vitest mocha tape taper borp"
    " ava tap karma playwright cypress rspec"
    " minitest phpunit ctest gotestsum nextest bats tests test integration e2e unit spec testacc kuttl behave robot"
    " hatch-test stestr trial verify"
    " check-all ci ci-all",
    "lint": "ruff flake8 pylint pycodestyle pydocstyle eslint xo"
    " standard biome oxlint tslint golangci-lint staticcheck vet clippy"
    " rubocop shellcheck hadolint yamllint markdownlint markdownlint-cli2 stylelint checkstyle detekt ktlint phpcs"
    " swiftlint pre-commit prek lint linting"
    " super-linter actionlint kubeconform kubeval kube-linter helm-lint style",
    "types": "mypy pyright pytype pyre tsc tsd vue-tsc typecheck type-check types typing",
    "format": "black isort prettier gofmt gofumpt goimports rustfmt dprint fmt format format-check",
    "coverage": "coverage codecov coveralls c8 nyc cov",
    "security": "bandit safety pip-audit audit snyk trivy gitleaks trufflehog"
    " semgrep gosec govulncheck checkov tfsec codeql zizmor cargo-audit cargo-deny",
    "gate": "twelve",
}
_FAMILY = {tool: family for family, tools in _FAMILIES.items() for tool in tools.split()}
_WRAPPERS = frozenset(
    [
        "sudo",
        "time",
        "env",
        "exec",
        "npx",
        "bunx",
        "pnpx",
        "nohup",
        "xvfb-run",
        "uv",
        "uvx",
        "poetry",
        "pipenv",
        "hatch",
        "pdm",
        "rye",
        "bundle",
        "run",
        "exec",
        "run-script",
        "dlx",
        "--",
        "command",
        "busybox",
        "python",
        "python3",
        "py",
        "$python",
        "node",
        "deno",
        "bun",
        "nice",
        "stdbuf",
        "docker-compose",
        "winpty",
        "coverage",
    ]
)
_RUNNERS = frozenset(
    (
        "npm",
        "yarn",
        "pnpm",
        "make",
        "just",
        "task",
        "cargo",
        "go",
        "dotnet",
        "mvn",
        "mvnw",
        "gradle",
        "gradlew",
        "rake",
        "composer",
        "hatch",
        "deno",
        "bun",
        "lerna",
        "nx",
        "turbo",
        "invoke",
        "helm",
        "cmake",
        "swift",
        "mix",
        "sbt",
    )
)
_INSTALLERS = frozenset(("npm", "pnpm", "yarn", "bun"))
_LINE_LIMIT = 4_000
"""Characters of a line that are read: longer ones are data (ours)."""
_INNER = re.compile(r"\$\([^()]*\)|`[^`]*`")
_FLAGS_WITH_VALUES = frozenset(
    ("-m", "-C", "-p", "-c", "-f", "--file", "--with", "--python", "--group", "--extra", "-w", "--workspace", "--prefix")
)
_SPLIT = re.compile(r"\s*(?:&&|\|\||;|\n|(?<!\|)\|(?!\|)|(?<!&)&(?!&))\s*")
_IGNORED = re.compile(
    r"(?:\|\||;)\s*(?:true|:|/bin/true|exit\s+0|return\s+0|echo\b[^|&;]*|printf\b[^|&;]*|exit\s+\$\{?\w*:?-?0\}?)\s*(?:$|[;)&}]|#)|\|\|\s*(?:true|:|exit\s+0)\b"
)
_SET_OFF = re.compile(r"(?:^|[;&|\s])set\s+\+(?:e|o\s+errexit)\b|\bset\s+\+[a-z]*e[a-z]*\b")
_TOLERANT = re.compile(
    r"(?<![\w-])(?:--exit-zero|--no-fail|--soft-fail|--pass-?[wW]ith-?[nN]o-?[tT]ests|--no-error-on-unmatched-pattern|--keep-going-on-error|--ignore-errors"
    r"|--force-pass"
    r"|--issues-exit-code[= ]0|--exit-code[= ]0|--no-exit-code|-DskipTests(?:=true)?|-Dmaven\.test\.(?:skip|failure\.ignore)=true"
    r"|--continue-on-error"
    r"|--suppress-no-test-exit-code|--disable-warnings|--no-cov-on-fail|--if-present)(?![\w-])"
)
_NARROWING = re.compile(
    r"(?<![\w-])(?:-k(?=[ =\"'])|--ignore(?:-glob)?(?=[ =])|--deselect(?=[ =])|--no-cov(?![\w-])|-m[ =][\"']?not "
    r"|--lf(?![\w-])|--testPathIgnorePatterns|--test-skip-pattern"
    r"|--exclude(?=[ =])|-skip[ =]|--skip(?=[ =])|--grep(?=[ =])"
    r"|-run[ =]|--testNamePattern|-t(?=[ =])|--only(?=[ =])|--filter(?=[ =])|-short(?![\w-])|--lib(?![\w-])|-x[ ]test"
    r"|--exclude-task|--no-run|--collect-only|--co(?![\w-])|--dry-run|--listTests|--fix-dry-run"
    r"|--extend-ignore(?=[ =])|--disable(?=[ =])|--quiet(?![\w-])"
    r"|--skip-checks?|--severity(?:-threshold)?[ =])"
)
_LIMIT = re.compile(
    r"(--(?:cov-fail-under|fail-under|max-warnings|coverage-threshold|max-complexity|check-coverage|lines|branches|functions|statements"
    r"|coverageThreshold\S*?|min-coverage|max-line-complexity))[= ](\d+(?:\.\d+)?)"
)
_LOOSE = re.compile(r"\$\{\{.*?\}\}|\$\{?\w+\}?|[0-9]+(?:\.[0-9x*]+)+|@[\w.-]+$")


class Command(Struct, frozen=True):
    """One simple command of a script."""

    text: str
    """Normalised: no prompts, wrappers' versions or doubled blanks."""
    tool: str
    """`pytest`, `npm test`, `make lint`: what is called, with the target of a runner."""
    family: str
    """What it checks; "" for a command that checks nothing."""
    softened: str = ""
    """What makes its failure not count, "" when it counts."""
    narrowed: tuple[str, ...] = ()
    """Flags that make it look at less."""
    limits: tuple[tuple[str, float], ...] = ()
    """Flags with a number below or above which it fails."""


def read(script: str) -> tuple[Command, ...]:
    """The commands of a script, in order. Never raises; what it does not understand it leaves out."""
    joined = re.sub(r"\\\n\s*", " ", script.replace("\r\n", "\n"))
    found: list[Command] = []
    off = False
    for line in joined.split("\n"):
        bare = _without_comment(line[:_LINE_LIMIT]).strip()
        if not bare:
            continue
        off = (off or bool(_SET_OFF.search(bare))) and not re.search(r"\bset\s+-[a-z]*e", bare)
        found += _line(bare, off)
    return tuple(found)


def _line(line: str, off: bool) -> Iterator[Command]:
    line = _INNER.sub("_", line)
    ignored = _IGNORED.search(line)
    softener = ignored[0].strip(" )}#&") if ignored else "set +e" if off else ""
    prefix = "-" if line.startswith("-") and not line.startswith("--") and line[1:].strip()[:1].isalpha() else ""
    for part in _SPLIT.split(line[:2_000]):
        text = " ".join(part.strip("(){}! \t@-").split() if not part.startswith("--") else part.split())
        if not text:
            continue
        tool, family = classify(text)
        tolerant = _TOLERANT.search(text)
        said = tolerant[0] if tolerant else softener or ("the leading `-`" if prefix else "")
        narrowed = tuple(sorted({found[0].strip(" =\"'") for found in _NARROWING.finditer(text)})) if family else ()
        limits = tuple((found[1], float(found[2])) for found in _LIMIT.finditer(text)) if family else ()
        yield Command(text=text, tool=tool, family=family, softened=said, narrowed=narrowed, limits=limits)


def _without_comment(line: str) -> str:
    return re.sub(r"(?:^|\s)#(?![!\[]).*$", "", line)


def classify(text: str) -> tuple[str, str]:
    """(tool, family) of one simple command."""
    words = [word for word in text.replace('"', " ").replace("'", " ").split() if "=" not in word.partition("/")[0] or word.startswith("-")]
    place = 0
    while place < len(words) and (words[place].rpartition("/")[2] in _WRAPPERS or words[place].startswith("-")):
        if words[place] == "-m" and place + 1 < len(words):
            place += 1
            if words[place] not in _WRAPPERS:
                break
            continue
        place += 2 if words[place] in _FLAGS_WITH_VALUES and words[place] != "-m" else 1
    if place >= len(words):
        return (words[0] if words else ""), ""
    tool = re.sub(r"@.*$|\.(?:sh|py|cmd)$", "", words[place].rpartition("/")[2])
    rest = [word for word in words[place + 1 :] if not word.startswith("-") and word not in ("run", "run-script", "exec")]
    if tool in _RUNNERS and rest:
        target = "" if tool in _INSTALLERS and rest[0] in ("ci", "install", "i") else rest[0]
        return f"{tool} {rest[0]}", _named(target) or _named(tool)
    if tool in ("tox", "nox"):
        env = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-e", "-s")), "")
        return f"{tool} {env}".strip(), _named(env) or ("test" if not env or env.startswith(("py", "{")) else "")
    if tool in ("ruff", "biome", "deno") and rest:
        return f"{tool} {rest[0]}", "format" if rest[0] in ("format", "fmt") else "lint"
    return tool, _named(tool)


def _named(name: str) -> str:
    """The family a tool or target belongs to by its name, whole or by its first or last part."""
    low = name.lower()
    if low in _FAMILY:
        return _FAMILY[low]
    parts = re.split(r"[:_.\-/]+", low)
    if parts[0] in ("build", "install", "publish", "release", "deploy", "docs", "clean"):
        return ""
    named = next((_FAMILY[part] for part in (parts[-1], parts[0]) if part in _FAMILY), "")
    return named or ("test" if low.endswith(("test", "tests")) else "lint" if low.endswith("lint") else "")


def loose(text: str) -> str:
    """A command without versions and variables, for telling whether it is the same one."""
    return " ".join(_LOOSE.sub("_", text).split())
