from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import postgres as servers
from twelve.workflow.drive import engine


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Server]:
    """A PostgreSQL server for this session; SKIPs where none is installed."""
    bin_dir = servers.binaries()
    if bin_dir is None:
        pytest.skip("no PostgreSQL server binaries (initdb) on this machine")
    with servers.server(bin_dir) as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> engine.Database:
    """An empty run database: once a SQLite file, once PostgreSQL."""
    url = request.getfixturevalue("postgres").database() if request.param == "postgres" else ""
    return engine.database(tmp_path / "state", url, "twelve-test")
