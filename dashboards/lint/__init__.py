"""The lint rules for dashboards: one function per rule, each with a test of a dashboard that it rejects.

``appearance`` has the rules on what users see, ``identity`` those on uids, ids, variables and links, ``expressions``
those on queries. ``syntax`` and ``labels`` parse PromQL for them; ``metrics`` knows every metric that is exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dashboards.lint import appearance, expressions, identity
from dashboards.lint.problem import Finding, Problem
from dashboards.model import Dashboard

Rule = Callable[[Dashboard], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    appearance.titles_and_descriptions,
    appearance.units,
    appearance.no_value_texts,
    appearance.grid,
    identity.uid_and_schema,
    identity.panel_ids,
    identity.data_sources,
    identity.variables,
    identity.links,
    identity.size,
    expressions.query_syntax,
    expressions.ranges,
    expressions.counters,
    expressions.quantiles,
    expressions.legends,
    expressions.stat_series,
    expressions.table_keys,
    expressions.jobs,
    expressions.known_metrics,
)


def problems(dashboard: Dashboard) -> list[Problem]:
    """Return all problems of a dashboard."""
    return [Problem(dashboard.uid, rule.__name__, *finding) for rule in RULES for finding in rule(dashboard)]


def problems_of_all(dashboards: Sequence[Dashboard]) -> list[Problem]:
    """Return the problems of each dashboard, and those between dashboards."""
    found = [problem for dashboard in dashboards for problem in problems(dashboard)]
    return found + [Problem(uid, "unique_uids", *finding) for uid, finding in identity.unique_uids(dashboards)]
