"""Building and writing the generated hook: one launching program, its code in two forms, the policy."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from msgspec import Struct

import twelve
from twelve.model.settings import Settings
from twelve.system import files, git, provenance
from twelve.version import __version__
from twelve.workflow import guarding
from twelve.workflow.fastpath import closure, early, launcher, sections, watch

PROGRAM = "hook.py"
BINARY = "hook.bin"
SOURCES = "hook.src"
POLICY = "twelve.toml"


class Bundle(Struct, frozen=True, kw_only=True):
    """The generated files, by name below the state folder, and one digest over all of them."""

    files: dict[str, bytes]
    digest: str
    build: str
    """Digest of what went in; the hooks report it."""

    @property
    def proof(self) -> str:
        """What the hooks of this bundle print when a session begins."""
        return f"twelve-hook {__version__} armed {self.build[:16]}"


def build(repository: git.Repository, settings: Settings) -> Bundle:
    """The files for this repository under this policy. TwelveError when a source is not to be had."""
    sources = closure.fast_path()
    policy = guarding.policy_of(repository, settings, temporary="")
    config = _config(repository, settings)
    listing = {name: item.package for name, item in sources.items()}
    made = {"policy": policy, "config": config, "listing": listing, "early": early.objects(sources)}
    config["build"] = digest_of({name: item.text.encode() for name, item in sources.items()} | {"=": repr(made).encode()})
    launch = closure.source(closure.LAUNCH)
    content = {
        PROGRAM: launcher.program(launch, sections.KEY),
        BINARY: sections.binary(sources, made, launch),
        SOURCES: sections.plain(sources, made),
    }
    return Bundle(files=content, digest=digest_of(content), build=str(config["build"]))


def write(repository: git.Repository, bundle: Bundle, *, folder: Path | None = None) -> None:
    """Put the files in place, the program last: at every moment what is registered can answer. Raises TwelveError."""
    folder = folder or repository.state_dir
    for name in sorted(bundle.files, key=lambda name: name == PROGRAM):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write_atomic(path, bundle.files[name], mode=0o600)
        if folder == repository.state_dir:
            provenance.wrote(folder, path)


def written(repository: git.Repository, *, folder: Path | None = None) -> str:
    """Digest of what lies in place now, over the files a bundle has; "" when the program is not there."""
    folder = folder or repository.state_dir
    names = [PROGRAM, BINARY, SOURCES]
    if not (folder / PROGRAM).is_file():
        return ""
    return digest_of({name: files.read_bounded(folder / name, 16_000_000) for name in names if (folder / name).is_file()})


def digest_of(content: dict[str, bytes]) -> str:
    """sha256 over names and contents, independent of their order."""
    whole = hashlib.sha256()
    for name in sorted(content):
        whole.update(f"{len(name)}:{name}{len(content[name])}:".encode())
        whole.update(content[name])
    return whole.hexdigest()


def _config(repository: git.Repository, settings: Settings) -> dict[str, Any]:
    home = _home()
    policy = repository.root / POLICY
    return {
        "version": __version__,
        "root": str(repository.root),
        "common": os.path.realpath(repository.common_dir),
        "state": str(repository.state_dir),
        "home": str(home),
        "python": sys.executable,
        "package": str(Path(twelve.__file__).parents[1]),
        "approvals": {"escalate_h": settings.approvals.escalate_h, "timeout_h": settings.approvals.timeout_h},
        "policy_file": {"path": str(policy), "digest": files.digest(policy) if policy.is_file() else ""},
        "sealed": watch.sealed(repository, settings, home),
    }


def _home() -> Path:
    return Path(os.environ.get("HOME") or "/")
