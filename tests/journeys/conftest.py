"""Assertions shared by journeys say what they compared, like those of a test module."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("kit.endings")
