"""The house numbers hold, and the script that says so goes red on each planted breach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import house

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "house.py"


def plant(tmp_path: Path, files: dict[str, str]) -> list[str]:
    for name, text in {"pkg/__init__.py": "", **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return house.breaches(house.measure(tmp_path), exceptions=(), lazy=())


def body(lines: int) -> str:
    return "".join(f"    x{number} = {number}\n" for number in range(lines - 1))


def test_this_house_keeps_its_numbers() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 breaches" in done.stdout


def test_a_clean_package_has_no_breach(tmp_path: Path) -> None:
    assert plant(tmp_path, {"pkg/a.py": "def f() -> None:\n    pass\n"}) == []


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ({"pkg/a.py": "x = 1\n" * 401}, "pkg.a:lines"),
        ({"pkg/a.py": f"def f():\n{body(61)}"}, "pkg.a:f:lines"),
        ({"pkg/a.py": f"class C:\n{body(251)}"}, "pkg.a:C:lines"),
        ({"pkg/a.py": "from pkg import b\n", "pkg/b.py": "from pkg.a import x\n"}, "pkg.a:cycle"),
        ({"pkg/a.py": "import pkg.b\n", "pkg/b.py": "def f():\n    from pkg import a\n"}, "pkg.a:cycle"),
        ({"pkg/a.py": "def f():\n    import json\n"}, "pkg.a:function-level import"),
        ({"pkg/a.py": "class C:\n    async def f(self):\n        if 1:\n            from os import path\n"}, "pkg.a:function-level import"),
        ({"pkg/utils.py": ""}, "pkg.utils:name"),
        ({"pkg/a/b/c/d/e/f.py": ""}, "pkg.a.b.c.d.e.f:depth"),
        ({"pkg/a.py": "x = 1\n" * 130}, "all:module median"),
        ({"pkg/a.py": f"def f():\n{body(11)}"}, "all:function median"),
    ],
)
def test_each_planted_breach_is_seen(tmp_path: Path, files: dict[str, str], key: str) -> None:
    assert any(line.startswith(f"{key}: ") for line in plant(tmp_path, files)), key


@pytest.mark.parametrize(
    "files",
    [
        {"pkg/a.py": f"def f():\n{body(60)}\n\ndef g(): ...\ndef h(): ...\n"},
        {"pkg/a.py": "x = 1\n" * 400, "pkg/b.py": "", "pkg/c.py": ""},
        {"pkg/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg import b\n", "pkg/b.py": "import pkg.a\n"},
    ],
)
def test_the_limits_themselves_are_allowed(tmp_path: Path, files: dict[str, str]) -> None:
    assert plant(tmp_path, files) == []


def test_an_exception_silences_its_breach_and_only_that() -> None:
    modules = (house.Module(name="p.a", lines=401), house.Module(name="p.b", lines=401), house.Module(name="p.c", lines=1))
    medians = ("all:module median",)
    assert [line.split(":")[0] for line in house.breaches(modules, exceptions=("p.a:lines", *medians), lazy=())] == ["p.b"]


def test_an_exception_nobody_needs_is_a_breach() -> None:
    modules = (house.Module(name="p.a", lines=10),)
    assert "listed as an exception" in house.breaches(modules, exceptions=("p.a:lines",), lazy=())[0]


def test_every_exception_has_a_reason() -> None:
    for reason in (*house.EXCEPTIONS.values(), *house.LAZY_TABLES.values()):
        assert len(reason.split()) >= 4


def test_the_script_ends_red_on_a_breach_and_on_nothing_to_measure(tmp_path: Path) -> None:
    empty = subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], capture_output=True, check=False)
    assert empty.returncode == 2
    (tmp_path / "p.py").write_text("x = 1\n" * 401)
    red = subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], capture_output=True, check=False)
    assert red.returncode == 1
