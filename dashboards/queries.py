"""The queries of a dashboard as Prometheus would get them from Grafana: every variable filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dashboards.reading import Dashboard, Json
from dashboards.variables import ALL
from devkit.errors import UserError

# $name, ${name}, ${name:format}; names of Grafana's own begin with two underscores. $1 is a group of label_replace.
_VARIABLE: Final = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?::\w+)?\}|(?P<plain>[A-Za-z_]\w*))")
_SPECIAL: Final = re.compile(r"([\\^$*+?.()|\[\]{}])")

Values = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Window:
    """The time that is looked at, in seconds; Grafana makes its own variables of it."""

    range: int = 3600
    step: int = 30
    scrape_interval: int = 15

    @property
    def rate_interval(self) -> int:
        """Grafana's rule: wide enough for two scrapes, even if one is lost."""
        return max(self.step + self.scrape_interval, 4 * self.scrape_interval)

    def variables(self) -> dict[str, str]:
        """Grafana's own variables."""
        return {
            "__rate_interval": f"{self.rate_interval}s",
            "__interval": f"{self.step}s",
            "__range": f"{self.range}s",
        }


class Expanded(NamedTuple):
    """A query that can be sent."""

    panel: str
    ref_id: str
    expression: str


def expanded(dashboard_json: Json, variables: Values, window: Window | None = None) -> list[Expanded]:
    """Every query of a dashboard; raises UserError for a variable that nobody declares.

    What ``variables`` leaves out stands for all values. A list of values is what choosing several gives.
    """
    dashboard = Dashboard(dashboard_json)
    values = filling(dashboard, variables, window or Window())
    return [
        Expanded(panel.title, target.ref_id, filled(target.expression, values))
        for panel in dashboard.panels
        for target in panel.targets
    ]


def filling(dashboard: Dashboard, chosen: Values, window: Window) -> dict[str, str]:
    """What each variable of a dashboard stands for in a query; raises UserError for one it does not have."""
    known = [variable.name for variable in dashboard.variables]
    for name in chosen:
        if name not in known:
            raise UserError(
                f"the dashboard {dashboard.uid} has no variable {name}.", f"It has {', '.join(known) or 'none'}."
            )
    values = window.variables()
    for variable in dashboard.variables:
        value = chosen.get(variable.name)
        if value is None:
            values[variable.name] = str(variable.raw.get("allValue") or ALL)
        elif isinstance(value, str):
            values[variable.name] = _escaped(value) if variable.many else _quoted(value)
        else:
            values[variable.name] = f"({'|'.join(map(_escaped, value))})"
    return values


def filled(expression: str, values: Mapping[str, str]) -> str:
    """An expression with its variables filled in; raises UserError."""

    def value(match: re.Match[str]) -> str:
        name = match["braced"] or match["plain"]
        if name not in values:
            raise UserError(f"the variable {name} is not declared, in: {expression}", "Declare it, or mend it.")
        return values[name]

    return _VARIABLE.sub(value, expression)


def used(text: str) -> set[str]:
    """The variables that a text names, Grafana's own included."""
    return {match["braced"] or match["plain"] for match in _VARIABLE.finditer(text)}


def _escaped(value: str) -> str:
    """A value as a regular expression inside a string of PromQL."""
    return _quoted(_SPECIAL.sub(r"\\\1", value))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
