"""Our rules for dashboards: one function each, and a test for each that it refuses what it is for.

``appearance`` is about what people see, ``identity`` about what holds a dashboard together, ``expressions`` about its
queries; ``syntax`` and ``labels`` read PromQL for these, ``metrics`` knows every metric that an exporter emits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dashboards.lint import appearance, expressions, identity
from dashboards.lint.problem import Finding, Problem
from dashboards.reading import Dashboard

Rule = Callable[[Dashboard], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    appearance.titles_and_descriptions,
    appearance.units,
    appearance.texts_without_data,
    appearance.grid,
    identity.uid_and_schema,
    identity.panel_numbers,
    identity.data_sources,
    identity.variables,
    identity.links,
    identity.size,
    expressions.syntax_of_queries,
    expressions.ranges,
    expressions.counters,
    expressions.quantiles,
    expressions.legends,
    expressions.single_figures,
    expressions.table_keys,
    expressions.jobs,
    expressions.known_metrics,
)


def problems(dashboard: Dashboard) -> list[Problem]:
    """All that is wrong with a dashboard."""
    return [Problem(dashboard.uid, rule.__name__, *finding) for rule in RULES for finding in rule(dashboard)]


def problems_of_all(dashboards: Sequence[Dashboard]) -> list[Problem]:
    """All that is wrong with each, and with them together."""
    found = [problem for dashboard in dashboards for problem in problems(dashboard)]
    return found + [Problem(uid, "unique_uids", *finding) for uid, finding in identity.unique_uids(dashboards)]
