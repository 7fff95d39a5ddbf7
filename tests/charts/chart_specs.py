"""The charts under test, with their specifications, guards and strategies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.charts.chart_spec import ChartSpec
from tests.charts.guards import Guards
from tests.charts.strategies import ChartStrategies
from tests.harness import Case, Manifest, Manifests
from tests.harness.charts import charts


def _chart_spec(chart: Path) -> ChartSpec:
    chart_spec: ChartSpec = ChartSpec(chart).attribute_of("chart", "CHART_SPEC", ChartSpec(chart))
    return chart_spec


CHART_SPECS = {chart: _chart_spec(chart) for chart in charts()}


def spec_of(case: Case) -> ChartSpec:
    """Return the specification of a case's chart."""
    return CHART_SPECS[case.chart]


def own_containers(manifests: Manifests, case: Case) -> list[tuple[Manifest, Mapping[str, Any]]]:
    """Return the containers of a rendering that belong to the chart of its case, each with its object."""
    own = spec_of(case).containers
    return [each for each in manifests.containers() if each[1]["name"] in own]


def guards_of(chart_spec: ChartSpec) -> Guards:
    """Return the guard cases of a chart."""
    guards: Guards = chart_spec.attribute_of("guard_cases", "GUARDS", Guards())
    return guards


def strategies_of(chart_spec: ChartSpec) -> ChartStrategies:
    """Return the strategies for the values of a chart."""
    strategies: ChartStrategies = chart_spec.attribute_of("strategies", "STRATEGIES", ChartStrategies(chart_spec))
    return strategies
