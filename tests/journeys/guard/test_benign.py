"""An ordinary session of sixty calls with the real clients: nobody notices that there is a guard."""

from __future__ import annotations

import pytest

from kit import clients, guardbenign, guardsessions
from kit.guardworld import World

pytestmark = [pytest.mark.client, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("client", clients.CLIENTS)
def test_an_ordinary_session_is_not_disturbed_once(client: str, world: World) -> None:
    clients.need(client)
    assert len(guardbenign.BENIGN) >= 60
    stood, failed, done = guardsessions.disturbances(world, client, guardbenign.BENIGN, words=guardbenign.CLAIMS)
    assert stood == [], done.err
    assert failed == [], "every call does what it should, or the session proves nothing"
    assert world.git("rev-parse", "feature") == world.git("rev-parse", "refs/heads/feature", cwd=world.remote), "the work was pushed"
