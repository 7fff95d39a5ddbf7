"""The values.schema.json of each chart accepts shared values and needs no network."""

from __future__ import annotations

from typing import Any

from tests.charts.chart_spec import ChartSpec
from tests.harness import render


def test_values_for_other_charts_are_accepted(chart_spec: ChartSpec) -> None:
    assert list(render(chart_spec.case({"x-shared": {"a": 1}, "global": {"anything": True}, "enabled": True})))


def test_the_schema_needs_no_network(chart_spec: ChartSpec) -> None:
    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            here = [str(part["$ref"])] if isinstance(part.get("$ref"), str) else []
            return here + [found for value in part.values() for found in references(value)]
        return [found for item in part for found in references(item)] if isinstance(part, list) else []

    found = references(chart_spec.schema)
    assert found
    assert all(reference.startswith("#/") for reference in found)
