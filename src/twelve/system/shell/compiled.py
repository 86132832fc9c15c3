"""Loads the compiled grammar from one folder or from the installed packages, by path, without the packages' own imports.

`import tree_sitter` pulls in `typing` and more; the extension modules alone need only `re`, `functools` and `enum`.
"""

from __future__ import annotations

import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import ExtensionFileLoader
from _imp import create_dynamic, exec_dynamic, extension_suffixes
from posix import listdir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from tree_sitter import Parser

CORE, BASH = "tree_sitter", "tree_sitter_bash"
_loaded: dict[str, Parser] = {}


def parser(folder: str) -> Parser:
    """A parser for bash. Raises OSError or ImportError when the compiled modules are absent or not for this interpreter."""
    if folder not in _loaded:
        core, bash = (_module(name, path) for name, path in zip((CORE, BASH), files(folder), strict=True))
        _loaded[folder] = core.Parser(core.Language(bash.language()))
    return _loaded[folder]


def files(folder: str = "") -> tuple[str, ...]:
    """Absolute paths of the two extension modules, in `folder` when one is given, among the installed packages otherwise.

    Raises OSError when one of them is not there.
    """
    if folder:
        names = listdir(folder)
        bash = [name for name in names if ".abi3." in name]
        core = [name for name in names if name not in bash and name.startswith("_binding.")]
        if len(bash) != 1 or len(core) != 1:
            raise OSError(f"no grammar in {folder}")
        return f"{folder}/{core[0]}", f"{folder}/{bash[0]}"
    return _installed(CORE), _installed(BASH)


def _installed(package: str) -> str:
    for entry in sys.path:
        try:
            names = listdir(f"{entry}/{package}")
        except OSError:
            continue
        for suffix in extension_suffixes():
            if "_binding" + suffix in names:
                return f"{entry}/{package}/_binding{suffix}"
    raise OSError(f"{package} is not installed")


def _module(package: str, path: str) -> ModuleType:
    name = package + "._binding"
    known = sys.modules.get(name)
    if known is not None:
        return known
    module = create_dynamic(ModuleSpec(name, ExtensionFileLoader(name, path), origin=path))
    exec_dynamic(module)
    return module
