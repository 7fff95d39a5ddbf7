"""What a query asks for."""

from __future__ import annotations

import promql_parser


def metrics(query: str) -> set[str]:
    """The names of all metrics in a query; raises ValueError if it is none."""
    found: set[str] = set()

    def note(part: object) -> bool:
        selector = getattr(part, "vector_selector", part)
        if isinstance(selector, promql_parser.VectorSelector) and selector.name:
            found.add(selector.name)
        return True

    promql_parser.walk(promql_parser.parse(query), note)
    return found
