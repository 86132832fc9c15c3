"""Imports the bundle's own modules from its sections, each unmarshalled and run when something of it is first used.

`from package import module` then costs next to nothing until `module` is asked for something, and most calls ask few of
the modules there are. Some things of a module are known when the bundle is built and need no run at all.
"""

from __future__ import annotations

import sys
from _frozen_importlib import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import Any

ENTRY = "twelve.interfaces.hooks.entry"
Module: type[ModuleType] = type(sys)


class Waiting(Module):  # type: ignore[valid-type,misc]  # the type of modules, without importing `types`
    """A module that has not run yet. The first use of a name nobody knows beforehand turns it into a plain module."""

    def __getattribute__(self, name: str) -> Any:
        if name[:2] != "__":
            spec = Module.__getattribute__(self, "__spec__")
            known = spec.loader.known(spec.name, name)
            if known is not None:
                return known
            self.__class__ = Module  # type: ignore[assignment]  # that is the point
            spec.loader.execute(self)
        return Module.__getattribute__(self, name)


class Finder:
    """A meta path finder and loader over `section(name) -> (code, is_package)`.

    `listing` says of every module whether it is a package; `early` holds objects of modules that have not run, as
    (module and name of the class, values of its slots).
    """

    def __init__(self, section: Callable[[str], Any], listing: dict[str, bool], early: dict[str, dict[str, Any]], folder: str) -> None:
        self._section = section
        self._listing = listing
        self._early = early
        self._folder = folder

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        known = self._listing.get(name)
        if known is None:
            return None
        return ModuleSpec(name, self, origin=self._folder + "/hook.bin", is_package=known)  # type: ignore[arg-type]  # a loader by shape

    def create_module(self, spec: ModuleSpec) -> None:
        """The default module object serves."""

    def exec_module(self, module: ModuleType) -> None:
        if self._listing[module.__name__]:
            self.execute(module)
        else:
            module.__class__ = Waiting

    def execute(self, module: ModuleType) -> None:
        """Run a module's code in it."""
        exec(self._section(module.__name__)[0], module.__dict__)  # noqa: S102 - the bundle's own code

    def known(self, module: str, name: str) -> Any:
        """An object of a module that has not run, None when it has to."""
        found = self._early.get(module, {}).get(name)
        if found is None:
            return None
        made = getattr(__import__(found[0], fromlist=(found[1],)), found[1])
        object_ = made.__new__(made)
        for slot, value in found[2].items():
            setattr(object_, slot, value)
        return object_


def install(section: Callable[[str], Any], folder: str) -> Any:
    """Make the bundle importable and return its entry module."""
    sys.meta_path.insert(0, Finder(section, section("=listing")[0], section("=early")[0], folder))
    __import__(ENTRY)
    return sys.modules[ENTRY]
