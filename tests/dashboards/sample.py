"""A small valid dashboard that tests break in one place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from grafana_foundation_sdk.models import units

from dashboards import catalog, links, variables
from dashboards.layout import DashboardSpec, Row
from dashboards.model import Dashboard
from dashboards.panels import PanelOptions, Query, bar_gauge, heatmap, stat, timeseries
from dashboards.tables import Column, table

Mutation = Callable[[dict[str, Any]], object]

SELECTOR = 'namespace=~"$namespace", model=~"$model"'
DURATION = "model_server_request_duration_seconds"


def valid() -> dict[str, Any]:
    """Return the dashboard as JSON, with one panel of each type."""
    spec = DashboardSpec(
        uid=links.MODEL,
        title="A sample",
        description="What tests break.",
        variables=(
            variables.datasource(),
            variables.query_variable("namespace", "model_server_model_info", multi=True),
            variables.query_variable("model", 'model_server_model_info{namespace=~"$namespace"}', multi=False),
        ),
        rows=(
            Row(
                "Row",
                (
                    timeseries(
                        PanelOptions("Time series", "Requests per second.", units.RequestsPerSecond),
                        Query(
                            f"sum by (version) (rate(model_server_requests_total{{{SELECTOR}}}[$__rate_interval]))",
                            "{{version}}",
                        ),
                        Query(
                            "histogram_quantile(0.99, sum by (le, version)"
                            f" (rate({DURATION}_bucket{{{SELECTOR}}}[$__rate_interval])))",
                            "p99 {{version}}",
                        ),
                    ),
                    stat(
                        PanelOptions("Stat", "Ready servers.", units.Short),
                        "sum(model_server_ready)",
                        thresholds=((2, "red"),),
                    ),
                    bar_gauge(
                        PanelOptions("Bar gauge", "Drift of features.", units.Short),
                        Query("max by (feature) (model_server_feature_drift_psi)", "{{feature}}"),
                    ),
                    heatmap(
                        PanelOptions("Heatmap", "Duration of requests.", units.Seconds),
                        f"sum by (le) (rate({DURATION}_bucket{{{SELECTOR}}}[$__rate_interval]))",
                    ),
                    table(
                        PanelOptions("Table", "One row per version.", units.Short),
                        ("version",),
                        (
                            Column("Servers", "count by (version) (model_server_model_info)"),
                            Column("Drift", "max by (version) (model_server_prediction_drift_psi)"),
                        ),
                        links={"version": (links.to_model(),)},
                    ),
                ),
            ),
        ),
    )
    loaded: dict[str, Any] = json.loads(catalog.render(spec))
    return loaded


def panel(raw: dict[str, Any], title: str) -> dict[str, Any]:
    """Return the panel with a title."""
    return next(one for one in raw["panels"] if one["title"] == title)


def broken(mutate: Mutation) -> Dashboard:
    """Return the dashboard with one defect."""
    raw = copy.deepcopy(valid())
    mutate(raw)
    return Dashboard(raw)


def with_query(title: str, expression: str) -> Mutation:
    """Return a mutation that replaces the first query of a panel."""

    def mutate(raw: dict[str, Any]) -> None:
        panel(raw, title)["targets"][0]["expr"] = expression

    return mutate
