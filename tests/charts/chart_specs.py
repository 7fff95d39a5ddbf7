"""The charts under test."""

from __future__ import annotations

from pathlib import Path

from tests.charts.chart_spec import ChartSpec
from tests.charts.guards import Guards
from tests.charts.strategies import ChartStrategies
from tests.harness import Case
from tests.harness.charts import charts


def _chart_spec(chart: Path) -> ChartSpec:
    chart_spec: ChartSpec = ChartSpec(chart).attribute_of("chart", "CHART_SPEC", ChartSpec(chart))
    return chart_spec


CHART_SPECS = {chart: _chart_spec(chart) for chart in charts()}


def spec_of(case: Case) -> ChartSpec:
    """The chart that a case is about."""
    return CHART_SPECS[case.chart]


def guards_of(chart_spec: ChartSpec) -> Guards:
    """What a chart's guards refuse."""
    guards: Guards = chart_spec.attribute_of("guard_cases", "GUARDS", Guards())
    return guards


def strategies_of(chart_spec: ChartSpec) -> ChartStrategies:
    """How values of a chart are drawn."""
    strategies: ChartStrategies = chart_spec.attribute_of("strategies", "STRATEGIES", ChartStrategies(chart_spec))
    return strategies
