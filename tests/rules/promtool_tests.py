"""What promtool's test files beside this module say of each alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.manifests import parse

FILES = sorted(Path(__file__).parent.glob("*.yaml"))


@dataclass(frozen=True)
class Expectation:
    """One look at one alert: the labels of those that fire, none if it is silent."""

    alert: str
    fires: tuple[dict[str, str], ...]


def expectations() -> Iterator[Expectation]:
    """Every look at an alert in all test files."""
    for file in FILES:
        content: dict[str, Any] = parse(file.read_text(encoding="utf-8"))
        for test in content["tests"]:
            for look in test.get("alert_rule_test", []):
                labels = tuple(expected["exp_labels"] for expected in look.get("exp_alerts") or [])
                yield Expectation(look["alertname"], labels)
