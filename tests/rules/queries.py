"""Metrics in PromQL queries."""

from __future__ import annotations

import promql_parser


def metrics(query: str) -> set[str]:
    """Return the names of all metrics in a query. Raises ValueError if the query is invalid."""
    found: set[str] = set()

    def note(part: object) -> bool:
        selector = getattr(part, "vector_selector", part)
        if isinstance(selector, promql_parser.VectorSelector) and selector.name:
            found.add(selector.name)
        return True

    promql_parser.walk(promql_parser.parse(query), note)
    return found
