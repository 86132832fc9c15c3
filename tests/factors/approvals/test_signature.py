"""Who answered, judged by a signature and a list of signers and nothing else. Real ssh-keygen and gpg."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import keys
from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals import signature, signers
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.system import clock, signing

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
needs_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(method: Method = Method.SSH, **changes: object) -> Decision:
    given: dict[str, object] = {
        "request": "plan-1a2b3c4d",
        "subject": "1a2b3c4d" * 8,
        "granted": True,
        "reason": "liest sich gut, ü\u202e",
        "by": "ana",
        "method": method,
        "tier": Tier.SIGNED,
        "at": MOMENT,
    }
    return msgspec.convert({**given, **changes, "schema": "twelve.decision.v1"}, Decision)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keys.ssh_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keys.ssh_key(tmp_path_factory.mktemp("keys"), "other")


@pytest.fixture(scope="module")
def gpg() -> Iterator[keys.GpgHome]:
    # Sockets of gpg's agent need a short path.
    folder = Path("/tmp") / f"tw-gpg-{clock.now().timestamp():.0f}"
    home = keys.GpgHome(folder)
    yield home
    home.close()
    shutil.rmtree(folder, ignore_errors=True)


@needs_ssh
def test_a_decision_signed_by_a_listed_key_names_its_owner(key: Path) -> None:
    (signed,) = signature.sign((made(),), format="ssh", key=str(key))
    found = signature.check(signed, keys.ssh_line("ana@example.org", key))
    assert (found.valid, found.who, found.tier) == (True, "ana@example.org", Tier.SIGNED)
    assert decisions.decode(decisions.canonical(signed)) == signed


@needs_ssh
@pytest.mark.parametrize(
    "change",
    [{"subject": "0" * 64}, {"granted": False}, {"reason": "other"}, {"at": MOMENT + timedelta(seconds=1)}, {"uses": 2}, {"by": "bo"}],
)
def test_a_changed_decision_is_no_longer_signed(key: Path, change: dict[str, object]) -> None:
    (signed,) = signature.sign((made(),), format="ssh", key=str(key))
    forged = msgspec.structs.replace(signed, decision=msgspec.structs.replace(signed.decision, **change))
    assert not signature.check(forged, keys.ssh_line("ana@example.org", key)).valid


@needs_ssh
def test_keys_that_are_not_listed_or_listed_for_something_else_do_not_count(key: Path, other: Path) -> None:
    (signed,) = signature.sign((made(),), format="ssh", key=str(key))
    assert "not on the list" in signature.check(signed, keys.ssh_line("ana@example.org", other)).why
    assert not signature.check(signed, "").valid
    for options in ('namespaces="git"', 'valid-before="20250101"', 'valid-after="20270101"', "cert-authority", 'twelve-key="trust me"'):
        assert not signature.check(signed, keys.ssh_line("ana@example.org", key, options)).valid, options
    assert not signature.check(signed, keys.ssh_line("*@example.org", key)).valid
    assert signature.check(signed, keys.ssh_line("ana@example.org", key, 'namespaces="git,twelve-approval"')).valid


@needs_ssh
def test_a_signature_made_for_another_purpose_is_no_approval(key: Path, tmp_path: Path) -> None:
    decision = made()
    made_for_git = signing.ssh_sign(decisions.canonical(decision), str(key), namespace="git")
    signed = SignedDecision(decision=decision, format="ssh", signature=made_for_git)
    assert not signature.check(signed, keys.ssh_line("ana@example.org", key)).valid


@needs_ssh
def test_a_batch_is_signed_once_and_covers_each_of_its_decisions_only(key: Path) -> None:
    items = tuple(made(request=f"plan-0000000{number}", subject=str(number) * 64) for number in range(3))
    signed = signature.sign(items, format="ssh", key=str(key))
    listed = keys.ssh_line("ana@example.org", key)
    assert len({item.signature for item in signed}) == 1
    assert all(signature.check(item, listed).valid for item in signed)
    stowaway = msgspec.structs.replace(signed[0], decision=made(subject="f" * 64))
    assert "batch" in signature.check(stowaway, listed).why
    widened = msgspec.structs.replace(stowaway, batch=(*signed[0].batch, stowaway.digest))
    assert not signature.check(widened, listed).valid


@needs_ssh
def test_a_stated_custody_makes_a_key_enforced(key: Path) -> None:
    (signed,) = signature.sign((made(),), format="ssh", key=str(key))
    found = signature.check(signed, keys.ssh_line("ana@example.org", key, 'namespaces="twelve-approval",twelve-key="agent-confirmed"'))
    assert (found.tier, found.valid) == (Tier.ENFORCED, True)
    assert "states" in found.why


@needs_ssh
@needs_openssl
@pytest.mark.parametrize(("touched", "tier"), [(True, Tier.ENFORCED), (False, Tier.SIGNED)])
def test_a_security_key_is_enforced_only_with_a_touch(tmp_path: Path, touched: bool, tier: Tier) -> None:
    device = keys.SoftSecurityKey(tmp_path)
    decision = made()
    made_by = device.sign(decisions.canonical(decision), touched=touched)
    found = signature.check(SignedDecision(decision=decision, format="ssh", signature=made_by), device.line("ana@example.org"))
    assert (found.valid, found.tier) == (True, tier)


@needs_gpg
def test_a_gpg_signature_counts_by_the_key_in_the_list_and_no_key_ring(gpg: keys.GpgHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNUPGHOME", str(gpg.folder))
    (signed,) = signature.sign((made(Method.GPG),), format="gpg", key=gpg.fingerprint)
    listed = gpg.line("cy@example.org")
    monkeypatch.delenv("GNUPGHOME")
    found = signature.check(signed, listed)
    assert (found.valid, found.who, found.tier, found.key) == (True, "cy@example.org", Tier.SIGNED, gpg.fingerprint)
    assert signature.check(signed, gpg.line("cy@example.org", 'twelve-key="hardware"')).tier is Tier.ENFORCED
    forged = msgspec.structs.replace(signed, decision=msgspec.structs.replace(signed.decision, granted=False))
    assert not signature.check(forged, listed).valid
    assert not signature.check(signed, "cy@example.org gpg AAAA\n").valid


def test_unsigned_and_future_decisions_do_not_count() -> None:
    assert not signature.check(SignedDecision(decision=made(Method.TYPED_CHALLENGE)), "").valid
    future = made(at=clock.now() + timedelta(days=1))
    assert "future" in signature.check(SignedDecision(decision=future, format="ssh", signature="x"), "").why


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_no_text_is_taken_for_a_signature_or_a_signer_by_accident(text: str) -> None:
    signed = SignedDecision(decision=made(), format="ssh", signature=text)
    assert not signature.check(signed, text).valid
    assert all(signer.trouble or signer.key for signer in signers.parse(text))


def test_a_list_explains_the_lines_that_let_nobody_sign(tmp_path: Path) -> None:
    text = "# people\n\nana\nbo ssh-ed25519 not-base64!\ncy ssh-ed25519 AAAAB3NzaC1yc2E=\n"
    assert [signer.line for signer in signers.parse(text)] == [3, 4, 5]
    assert all(signer.trouble for signer in signers.parse(text))


def test_canonical_json_does_not_depend_on_members_nobody_set() -> None:
    assert b"uses" not in decisions.canonical(made())
    assert decisions.canonical(made()).isascii()
