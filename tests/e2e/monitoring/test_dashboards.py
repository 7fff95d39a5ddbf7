"""Every panel of every dashboard has data from the running stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.catalog import FOLDER
from dashboards.model import Dashboard, read
from dashboards.preview import render
from dashboards.queries import Window, expand_queries
from tests.e2e.lib.waiting import until
from tests.e2e.monitoring.stack import MODELS, Stack

DASHBOARDS = [read(path) for path in sorted(FOLDER.glob("*.json"))]
# Short, since the stack is new.
WINDOW = Window(range=300, step=15, scrape_interval=5)
# Panels that are empty here, with the reason.
EMPTY: dict[tuple[str, str], str] = {
    ("model-serving-cluster", "Network by node"): "nodeExporter.hostNetwork is false unless set",
    ("model-serving-cluster", "Volumes"): "the cluster's volumes are host paths, which have no size metrics",
}


def chosen(dashboard: Dashboard) -> dict[str, str]:
    """Return the variables of a dashboard: the namespace of the models, if it has one."""
    names = {variable.name for variable in dashboard.variables}
    return {"namespace": MODELS} if "namespace" in names and "model" in names else {}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_every_query_of_every_panel_returns_data(settled: Stack, dashboard: Dashboard) -> None:
    prometheus = settled.prometheus

    def all_answered() -> bool:
        empty = {
            (query.panel, query.ref_id): query.expression
            for query in expand_queries(dashboard.raw, chosen(dashboard), WINDOW)
            if (dashboard.uid, query.panel) not in EMPTY and not prometheus.query(query.expression)
        }
        assert not empty, "\n".join(f"{panel} {ref}: {query}" for (panel, ref), query in empty.items())
        return True

    until(f"every query of {dashboard.uid} has data", all_answered, 90)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_excepted_panels_are_empty(settled: Stack, dashboard: Dashboard) -> None:
    queries = expand_queries(dashboard.raw, chosen(dashboard), WINDOW)
    for (uid, panel), reason in EMPTY.items():
        of_panel = [query for query in queries if query.panel == panel]
        if uid == dashboard.uid:
            assert of_panel, f"{uid} has no panel {panel} any more: remove it from EMPTY"
            found = [query for query in of_panel if settled.prometheus.query(query.expression)]
            assert len(found) < len(of_panel), f"{panel} has data, though {reason}: remove it from EMPTY"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_every_dashboard_can_be_rendered(settled: Stack, dashboard: Dashboard, tmp_path: Path) -> None:
    picture = render(dashboard, settled.prometheus, tmp_path, variables=chosen(dashboard), window=WINDOW)
    assert not picture.errors
    assert {panel for panel in picture.empty if (dashboard.uid, panel) not in EMPTY} == set()
    assert picture.path.read_bytes().startswith(b"\x89PNG")
