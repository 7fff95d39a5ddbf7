"""Fixtures of the toolkit's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own: log files must not end up in the real one."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("MODEL_SERVING_CACHE", str(folder))
    return folder
