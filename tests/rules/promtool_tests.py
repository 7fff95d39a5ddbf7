"""Expectations of promtool's test files, which are next to this module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.manifests import parse

FILES = sorted(Path(__file__).parent.glob("*.yaml"))


@dataclass(frozen=True)
class Expectation:
    """The expected state of an alert at one time: the labels of each firing instance; empty if none fires."""

    alert: str
    fires: tuple[dict[str, str], ...]


def expectations() -> Iterator[Expectation]:
    """Yield the expectations of all test files."""
    for file in FILES:
        content: dict[str, Any] = parse(file.read_text(encoding="utf-8"))
        for test in content["tests"]:
            for check in test.get("alert_rule_test", []):
                labels = tuple(expected["exp_labels"] for expected in check.get("exp_alerts") or [])
                yield Expectation(check["alertname"], labels)
