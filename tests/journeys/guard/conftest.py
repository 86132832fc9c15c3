"""One small world per module: building it costs a real `twelve init`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.guardworld import World


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("world")) as world:
        world.remember()
        yield world


@pytest.fixture
def world(built: World) -> Iterator[World]:
    """As it was built, whatever the test before did."""
    yield built
    built.restore()
    built.forget()
