"""The queries of a dashboard as Grafana sends them to Prometheus: with all variables interpolated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dashboards.model import Dashboard, Json
from dashboards.variables import ALL
from devkit.errors import UserError

# $name, ${name}, ${name:format}. Grafana's built-in names start with two underscores; $1 is a group of label_replace.
_VARIABLE: Final = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?::\w+)?\}|(?P<plain>[A-Za-z_]\w*))")
_SPECIAL: Final = re.compile(r"([\\^$*+?.()|\[\]{}])")

VariableValues = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Window:
    """The time range of a dashboard in seconds, from which Grafana derives its built-in variables."""

    range: int = 3600
    step: int = 30
    scrape_interval: int = 15

    @property
    def rate_interval(self) -> int:
        """Return ``$__rate_interval`` by Grafana's rule: long enough for two samples even if a scrape fails."""
        return max(self.step + self.scrape_interval, 4 * self.scrape_interval)

    def variables(self) -> dict[str, str]:
        """Return Grafana's built-in variables."""
        return {
            "__rate_interval": f"{self.rate_interval}s",
            "__interval": f"{self.step}s",
            "__range": f"{self.range}s",
        }


class ExpandedQuery(NamedTuple):
    """A query without variables."""

    panel: str
    ref_id: str
    expression: str


def expand_queries(
    dashboard_json: Json, variables: VariableValues, window: Window | None = None
) -> list[ExpandedQuery]:
    """Return every query of a dashboard; raises UserError for an undeclared variable.

    A variable that ``variables`` does not name stands for all its values; a list selects several values.
    """
    dashboard = Dashboard(dashboard_json)
    values = variable_values(dashboard, variables, window or Window())
    return [
        ExpandedQuery(panel.title, target.ref_id, interpolate(target.expression, values))
        for panel in dashboard.panels
        for target in panel.targets
    ]


def variable_values(dashboard: Dashboard, selected: VariableValues, window: Window) -> dict[str, str]:
    """Return the text that replaces each variable in a query; raises UserError for an undeclared one."""
    known = [variable.name for variable in dashboard.variables]
    for name in selected:
        if name not in known:
            raise UserError(
                f"the dashboard {dashboard.uid} has no variable {name}.",
                f"Use one of its variables: {', '.join(known) or 'none'}.",
            )
    values = window.variables()
    for variable in dashboard.variables:
        value = selected.get(variable.name)
        if value is None:
            values[variable.name] = str(variable.raw.get("allValue") or ALL)
        elif isinstance(value, str):
            values[variable.name] = _escaped(value) if variable.multi else _quoted(value)
        else:
            values[variable.name] = f"({'|'.join(map(_escaped, value))})"
    return values


def interpolate(expression: str, values: Mapping[str, str]) -> str:
    """Replace the variables of an expression; raises UserError for an undeclared one."""

    def value(match: re.Match[str]) -> str:
        name = match["braced"] or match["plain"]
        if name not in values:
            raise UserError(
                f"the variable {name} is not declared, in: {expression}", "Declare it, or correct its name."
            )
        return values[name]

    return _VARIABLE.sub(value, expression)


def referenced_variables(text: str) -> set[str]:
    """Return the names of the variables in a text, including Grafana's built-in ones."""
    return {match["braced"] or match["plain"] for match in _VARIABLE.finditer(text)}


def _escaped(value: str) -> str:
    """Escape a value for use as a regular expression in a PromQL string."""
    return _quoted(_SPECIAL.sub(r"\\\1", value))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
