"""The chart's rule files as Prometheus reads them: with the chart's defaults in place of their placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from devkit import paths
from tests.harness.manifests import parse

CHART = paths.REPOSITORY / "charts" / "monitoring"
RULES = CHART / "files" / "rules"
DASHBOARDS = CHART / "files" / "dashboards"
RUNBOOKS = paths.REPOSITORY / "docs" / "runbooks"
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Rule:
    """An alert or a recording rule."""

    file: str
    name: str
    expression: str
    # None for recording rules.
    severity: str | None
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]

    @property
    def is_alert(self) -> bool:
        """Whether it fires, rather than records."""
        return self.severity is not None

    def __str__(self) -> str:
        more = [value for key, value in self.labels if key != "severity"]
        return " ".join([self.name, *more])


def defaults() -> dict[str, str]:
    """What stands for each placeholder: `thresholds` by name, `slo` by path, as in `sloLatencyObjective`."""
    values = _values()
    return {name: str(value) for name, value in [*values["thresholds"].items(), *_leaves("slo", values["slo"])]}


def value(*path: str) -> Any:
    """A value of the chart's, None if there is none at the path."""
    found: Any = _values()
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


@cache
def _values() -> dict[str, Any]:
    read: dict[str, Any] = parse((CHART / "values.yaml").read_text(encoding="utf-8"))
    return read


def _leaves(name: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """The numbers below a key, by the words of their paths; lists are no placeholders."""
    found: list[tuple[str, Any]] = []
    for key, value in values.items():
        path = name + key[:1].upper() + key[1:]
        if isinstance(value, dict):
            found += _leaves(path, value)
        elif not isinstance(value, list):
            found.append((path, value))
    return found


def files() -> list[Path]:
    """Every rule file of the chart."""
    return sorted(RULES.glob("*.yaml"))


def rendered(file: Path) -> str:
    """A rule file with the defaults in it."""
    values = defaults()
    return PLACEHOLDER.sub(lambda found: values[found[1]], file.read_text(encoding="utf-8"))


def write_all(folder: Path) -> list[Path]:
    """Write every rule file as Prometheus reads it."""
    written = []
    for file in files():
        path = folder / file.name
        path.write_text(rendered(file), encoding="utf-8")
        written.append(path)
    return written


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the chart."""
    return tuple(
        _rule(file.name, rule)
        for file in files()
        for group in parse(rendered(file))["groups"]
        for rule in group["rules"]
    )


def _rule(file: str, rule: dict[str, Any]) -> Rule:
    labels = rule.get("labels", {})
    return Rule(
        file=file,
        name=rule.get("alert") or rule["record"],
        expression=rule["expr"],
        severity=labels.get("severity", "") if "alert" in rule else None,
        labels=tuple(labels.items()),
        annotations=tuple(rule.get("annotations", {}).items()),
    )


def alerts() -> list[Rule]:
    """Every rule that fires."""
    return [rule for rule in rules() if rule.is_alert]


def records() -> list[Rule]:
    """Every rule that records."""
    return [rule for rule in rules() if not rule.is_alert]
