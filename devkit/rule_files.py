"""The rule files of charts/monitoring as Prometheus loads them: with the defaults of the chart in the placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from devkit import paths

CHART = paths.CHARTS / "monitoring"
RULES = CHART / "files" / "rules"
DASHBOARDS = CHART / "files" / "dashboards"
RUNBOOKS = paths.DOCS / "runbooks"
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_RULE = re.compile(r"(?=\n +- (?:alert|record): )")
_HOLD = re.compile(r"\n +for: (\S+)")
_UNITS = {"ms": "millisecond", "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "y": "year"}


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
    # How long the expression must hold before an alert fires, such as 5m; empty for at once.
    hold: str = ""

    @property
    def is_alert(self) -> bool:
        """True for an alert, false for a recording rule."""
        return self.severity is not None

    def __str__(self) -> str:
        more = [value for key, value in self.labels if key != "severity"]
        return " ".join([self.name, *more])


def defaults() -> dict[str, str]:
    """Return the default of each placeholder: `thresholds` by name, `slo` by path, as in `sloLatencyObjective`."""
    values = _values()
    return {name: str(value) for name, value in [*values["thresholds"].items(), *_leaves("slo", values["slo"])]}


def value(*path: str) -> Any:
    """Return a value of the chart; None if the path does not exist."""
    found: Any = _values()
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


@cache
def _values() -> dict[str, Any]:
    values: dict[str, Any] = _parse((CHART / "values.yaml").read_text(encoding="utf-8"))
    return values


def _leaves(name: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the scalars below a key, by camel-case path. Lists are not placeholders."""
    found: list[tuple[str, Any]] = []
    for key, value in values.items():
        path = name + key[:1].upper() + key[1:]
        if isinstance(value, dict):
            found += _leaves(path, value)
        elif not isinstance(value, list):
            found.append((path, value))
    return found


def files() -> list[Path]:
    """Return every rule file of the chart."""
    return sorted(RULES.glob("*.yaml"))


def rendered(file: Path) -> str:
    """Return a rule file with the defaults inserted."""
    values = defaults()
    rules = _RULE.split(file.read_text(encoding="utf-8"))
    return "".join(_filled(rule, values) for rule in rules)


def _filled(rule: str, values: dict[str, str]) -> str:
    """Insert values into the text of a rule, and its `for` into the texts of an alert."""
    hold = PLACEHOLDER.sub(lambda found: values[found[1]], found[1]) if (found := _HOLD.search(rule)) else ""
    own = {"for": hold, "forInWords": in_words(hold)}
    return PLACEHOLDER.sub(lambda found: own.get(found[1]) or values[found[1]], rule)


def in_words(duration: str) -> str:
    """Return a duration as alerts write it, such as 15 minutes; several units stay as they are."""
    parts = re.fullmatch(r"([0-9]+)(ms|[smhdwy])", duration)
    if not parts:
        return duration
    return f"{parts[1]} {_UNITS[parts[2]]}{'' if parts[1] == '1' else 's'}"


def write_all(folder: Path) -> list[Path]:
    """Write every rule file with the defaults inserted; returns the paths."""
    written = []
    for file in files():
        path = folder / file.name
        path.write_text(rendered(file), encoding="utf-8")
        written.append(path)
    return written


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule of the chart."""
    return tuple(
        _rule(file.name, rule)
        for file in files()
        for group in _parse(rendered(file))["groups"]
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
        hold=str(rule.get("for", "")),
    )


def alerts() -> list[Rule]:
    """Return every alert."""
    return [rule for rule in rules() if rule.is_alert]


def records() -> list[Rule]:
    """Return every recording rule."""
    return [rule for rule in rules() if not rule.is_alert]


def _parse(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)
