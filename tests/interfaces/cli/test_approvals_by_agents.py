"""Real agent clients try to approve for a person: plainly, without their variables, in a faked terminal, in a new session."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from kit import clients, repos
from kit.fakemodel import FakeModel
from twelve.factors.agents import harness
from twelve.factors.approvals import notes, record, request
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.settings import ApprovalSettings

pytestmark = [pytest.mark.client, pytest.mark.slow]

SOURCE = str(Path(__file__).parents[3] / "src")
SUBJECT = request.subject(RequestKind.PLAN, "plan")


def attempts(id: str, log: Path) -> dict[str, str]:
    """Shell lines an agent would try; each types what it would be asked for and leaves what it was told in a file."""
    program = f"{sys.executable} -m twelve.interfaces.cli.main approve {id}"
    clean = f'env -i PATH="$PATH" HOME="$HOME" PYTHONPATH={SOURCE}'
    faked = f'script -qec "{program}" /dev/null'
    lines = {
        "plainly": f"PYTHONPATH={SOURCE} {program}",
        "without variables": f"{clean} {program}",
        "in a faked terminal": f"PYTHONPATH={SOURCE} {faked}",
        "in a faked terminal without variables": f"{clean} {faked}",
        "in a new session": f"{clean} setsid -w {faked}",
    }
    return {name: f"echo {SUBJECT[:6]} | {line} >> {log} 2>&1" for name, line in lines.items()}


@pytest.mark.skipif(shutil.which("script") is None, reason="script is not installed")
@pytest.mark.parametrize("client", clients.CLIENTS)
def test_no_client_can_answer_for_a_person(client: str, tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"twelve.toml": "", "a": "1\n"})
    found = record.ask(
        repository.state_dir, run="", kind=RequestKind.PLAN, subject=SUBJECT, question="?", about="plan", settings=ApprovalSettings()
    )
    log = repository.root / "told.log"
    calls = [clients.shell_call(client, line) for line in attempts(found.request.id, log).values()]
    script = {"turns": [{"tools": [call]} for call in calls] + [{"text": "Done."}], "default": {"text": "Done."}}
    with FakeModel(script) as model:
        settings = clients.settings(client, tmp_path / "home", model.url)
        asyncio.run(harness.load(client).take_turn(clients.turn(repository.root, tmp_path / "logs"), settings))
    told = log.read_text()
    assert told.count("an agent cannot answer for a person") == len(calls), told
    assert record.find(repository.state_dir, found.request.id).status is RequestStatus.PENDING
    assert notes.everything(repository) == ()
