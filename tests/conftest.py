"""Every test starts in a made-up home, with nothing of the person's or the machine's settings in sight."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kit import home

# The autouse fixture below is function-scoped on purpose and holds nothing an example could change.
_SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile("twelve", deadline=None, print_blob=True, suppress_health_check=_SUPPRESSED)
settings.register_profile("ci", settings.get_profile("twelve"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "twelve")

home.forbid()

_DROPPED = ("GIT_", "TWELVE_", "XDG_", "ANTHROPIC_", "CLAUDE", "OPENAI_", "CODEX_", "GEMINI_", "GOOGLE_", "OTEL_", "PYTEST_ADDOPTS")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy")


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HOME and XDG folders in a temporary place, no git settings, no credentials, no proxies; returns the made-up home."""
    for name in list(os.environ):
        if name.startswith(_DROPPED) or name.lower() in _PROXIES or name.endswith(("_API_KEY", "_TOKEN")) or name == "EMAIL":
            monkeypatch.delenv(name)
    made_up = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(made_up))
    for variable, folder in (("CONFIG", ".config"), ("CACHE", ".cache"), ("DATA", ".local/share"), ("STATE", ".local/state")):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(made_up / folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    return made_up
