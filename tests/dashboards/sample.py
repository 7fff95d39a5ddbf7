"""A small dashboard in which nothing is wrong, to be spoilt by tests."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from grafana_foundation_sdk.models import units

from dashboards import catalog, links, variables
from dashboards.layout import Board, Row
from dashboards.panels import About, Query, bars, figure, heat, lines
from dashboards.reading import Dashboard
from dashboards.tables import Column, lines_of

SELECTOR = 'namespace=~"$namespace", model=~"$model"'
DURATION = "model_server_request_duration_seconds"


def good() -> dict[str, Any]:
    """The dashboard as JSON: a panel of each kind."""
    board = Board(
        uid=links.MODEL,
        title="A sample",
        description="What tests spoil.",
        variables=(
            variables.datasource(),
            variables.choice("namespace", "model_server_model_info", many=True),
            variables.choice("model", 'model_server_model_info{namespace=~"$namespace"}', many=False),
        ),
        rows=(
            Row(
                "Row",
                (
                    lines(
                        About("Line", "Requests in a second.", units.RequestsPerSecond),
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
                    figure(
                        About("Figure", "Servers that are ready.", units.Short),
                        "sum(model_server_ready)",
                        steps=((2, "red"),),
                    ),
                    bars(
                        About("Bars", "Drift of features.", units.Short),
                        Query("max by (feature) (model_server_feature_drift_psi)", "{{feature}}"),
                    ),
                    heat(
                        About("Heat", "How long requests took.", units.Seconds),
                        f"sum by (le) (rate({DURATION}_bucket{{{SELECTOR}}}[$__rate_interval]))",
                    ),
                    lines_of(
                        About("Table", "A line for each version.", units.Short),
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
    read: dict[str, Any] = json.loads(catalog.written(board))
    return read


def panel(raw: dict[str, Any], title: str) -> dict[str, Any]:
    """The panel with this title."""
    return next(one for one in raw["panels"] if one["title"] == title)


def spoilt(spoil: Callable[[dict[str, Any]], object]) -> Dashboard:
    """The dashboard with one thing wrong."""
    raw = copy.deepcopy(good())
    spoil(raw)
    return Dashboard(raw)


def with_query(title: str, expression: str) -> Callable[[dict[str, Any]], object]:
    """Replaces the first query of a panel."""

    def spoil(raw: dict[str, Any]) -> None:
        panel(raw, title)["targets"][0]["expr"] = expression

    return spoil
