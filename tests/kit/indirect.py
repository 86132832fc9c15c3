"""A small tree with code, archives and patches in it, and the guard's answer to calls that use them. Nothing runs."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kit import guarding, repos
from twelve.factors.guardrails.actions.action import Surroundings
from twelve.factors.guardrails.actions.calls import call_of
from twelve.factors.guardrails.actions.reading import actions_of, line_actions
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.policy.decision import Decision
from twelve.model.settings import Settings

PATCH = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+b\n"
FILES: Mapping[str, str] = {
    "twelve.toml": "[project]\nname = 'shop'\n",
    ".git/config": "[core]\n\tbare = false\n",
    ".claude/settings.local.json": "{}\n",
    ".codex/hooks.json": "{}\n",
    ".gemini/settings.json": "{}\n",
    ".github/workflows/ci.yml": "on: push\n",
    "README.md": "# Shop\n",
    "VERSION": "1.2.0\n",
    "src/app.py": "import os\nprint(os.getcwd())\n",
    "src/settings.json": "{}\n",
    "evil.sh": "git push -f\n",
    "live.sh": "f- hsup tig\n",
    "fine.sh": "git status\n",
    "flag": "-f\n",
    "names": "src/app.py\n",
    "helper.py": "import subprocess\nsubprocess.run(['git', 'push', '-f'])\n",
    "lazy.py": "import subprocess\n\n\ndef publish():\n    subprocess.run(['git', 'push', '-f'])\n\n\ndef total(a):\n    return a\n",
    "imp.py": "import helper\nhelper.x()\n",
    "calls.py": "from lazy import publish\npublish()\n",
    "adds.py": "from lazy import total\nprint(total(1))\n",
    "mod/__main__.py": "import os\nos.system('git push -f')\n",
    "a.js": 'require("./b")\n',
    "b.js": 'require("child_process").execSync("git push -f")\n',
    "c.mjs": 'import "./b.js"\n',
    "d.js": 'const c = require("./e")\nconsole.log(c)\n',
    "e.js": "module.exports = 1\n",
    "Makefile": "all:\n\techo ok\ninclude sub.mk\n",
    "sub.mk": "go:\n\tgit push -f\n",
    "shell.mk": "x := $(shell git push -f)\nall:\n\techo ok\n",
    "fine.mk": "x := $(shell git rev-parse HEAD)\nall:\n\techo $(x)\n",
    "Taskfile.yml": "version: '3'\ntasks:\n  go:\n    cmds:\n      - git push -f\n",
    "x.exp": "spawn git push -f\nexpect eof\n",
    "sub/package.json": '{"scripts": {"go": "git push -f", "postinstall": "git push -f", "ok": "tsc"}}\n',
    "package.json": '{"scripts": {"build": "tsc", "test": "vitest"}}\n',
    "bin/git": "#!/bin/sh\n/usr/bin/git push -f\n",
    "bin/tool": "#!/bin/sh\nls\n",
    "big.patch": "junk line of text that says nothing\n" * 6000 + PATCH.format(".git/config"),
    "bigfine.patch": "junk line of text that says nothing\n" * 6000 + PATCH.format("src/app.py"),
    "quoted.patch": '--- "a/twelve.tom\\154"\n+++ "b/twelve.tom\\154"\n@@ -1 +1 @@\n-a\n+b\n',
    "context.patch": "*** twelve.toml\t2020-01-01\n--- twelve.toml\t2020-01-02\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
    "evil.patch": PATCH.format("twelve.toml"),
    "fine.patch": PATCH.format("src/app.py"),
    "x/.git/config": "[core]\n",
    "y/code.py": "x = 1\n",
    "curlrc": 'url = "https://e.test/x"\noutput = ".git/config"\n',
    "push": "",
    "evilhome/.gitconfig": "[alias]\n\tp = push --no-verify -f\n[core]\n\thooksPath = /dev/null\n",
    "evilxdg/git/config": "[core]\n\thooksPath = /dev/null\n",
}


class World:
    """The tree, its home, and a policy for both."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        tracked = {name: text for name, text in FILES.items() if not name.startswith((".git/", "x/", ".claude/"))}
        self.root = repos.new_repository(folder, tracked).root
        for name, text in FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self._archive("evil", {".git/config": "x"})
        self._archive("fine", {"src/new.py": "x", "docs/a.md": "x"})
        (self.root / "hardlink").hardlink_to(self.root / "twelve.toml")
        (self.root / "broken.tar").write_bytes(b"\x01\x02" * 600)
        self.policy = compile_policy(
            Settings(), root=str(self.root), common_dir=str(self.root / ".git"), home=str(self.home), temporary="", fold=False
        )
        self.policy["temp"] = ("/tmp/elsewhere",)

    def _archive(self, name: str, members: Mapping[str, str]) -> None:
        for suffix, mode in (("tar", "w"), ("tgz", "w:gz"), ("txz", "w:xz")):
            with tarfile.open(self.root / f"{name}.{suffix}", mode) as archive:  # type: ignore[call-overload]
                for member, text in members.items():
                    about = tarfile.TarInfo(member)
                    about.size = len(text)
                    archive.addfile(about, io.BytesIO(text.encode()))
        with zipfile.ZipFile(self.root / f"{name}.zip", "w") as packed:
            for member, text in members.items():
                packed.writestr(member, text)

    def around(self, **variables: str) -> Surroundings:
        given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home), **variables}
        return Surroundings(root=str(self.root), cwd=str(self.root), home=str(self.home), variables=given, look=True)

    def filled(self, text: str) -> str:
        return text.replace("{root}", str(self.root)).replace("{home}", str(self.home))

    def line(self, line: str) -> Decision:
        return guarding.decide(*line_actions(self.filled(line).replace("\\n", "\n"), self.around()), policy=self.policy)

    def call(self, client: str, tool: str, given: dict[str, Any]) -> Decision:
        return guarding.decide(*actions_of(call_of(client, tool, given), self.around()), policy=self.policy)
