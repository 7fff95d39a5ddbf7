"""Grafana itself, if its image can be pulled; it cannot be built here.

Otherwise these tests are skipped, and test_dashboards.py covers the dashboards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from cluster.kubectl import kubectl
from dashboards.catalog import FOLDER
from dashboards.model import Dashboard, read
from dashboards.queries import expand_queries
from devkit.workloads import monitoring, port_forward
from tests.e2e.monitoring.stack import FULLNAME, MODELS, Stack

TIMEOUT_SECONDS = 30
DASHBOARDS = [read(path) for path in sorted(FOLDER.glob("*.json"))]


class Grafana:
    """A client of Grafana's API, as the administrator."""

    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._login = ("admin", password)

    def get(self, path: str) -> Any:
        """Send a GET request."""
        return self._answer(requests.get(f"{self._url}{path}", auth=self._login, timeout=TIMEOUT_SECONDS))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send a POST request."""
        return self._answer(requests.post(f"{self._url}{path}", auth=self._login, json=body, timeout=TIMEOUT_SECONDS))

    @staticmethod
    def _answer(answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.url}: {answer.status_code} {answer.text[:500]}"
        return answer.json()


@pytest.fixture(scope="module")
def grafana(settled: Stack) -> Iterator[Grafana]:
    """Grafana, with the generated password of its pod."""
    if not monitoring.has_grafana():
        pytest.skip("Grafana is not installed: its registry is not reachable, and it cannot be built here")
    pod = f"{FULLNAME}-grafana-0"
    command = ("exec", pod, "--container", "grafana", "--", "cat", "/var/lib/grafana/admin-password")
    password = kubectl("--namespace", settled.namespace, *command).strip()
    with port_forward.port_forward(settled.namespace, pod, 3000) as url:
        yield Grafana(url, password)


@pytest.mark.parametrize("uid", ["prometheus", "alertmanager"])
def test_data_source_is_healthy(grafana: Grafana, uid: str) -> None:
    assert grafana.get(f"/api/datasources/uid/{uid}/health")["status"] == "OK"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_dashboard_is_loaded_as_committed(grafana: Grafana, dashboard: Dashboard) -> None:
    loaded = grafana.get(f"/api/dashboards/uid/{dashboard.uid}")["dashboard"]
    assert [panel["title"] for panel in loaded["panels"]] == [panel["title"] for panel in dashboard.raw["panels"]]


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_every_query_succeeds_through_grafana(grafana: Grafana, dashboard: Dashboard) -> None:
    names = {variable.name for variable in dashboard.variables}
    chosen = {"namespace": MODELS} if {"namespace", "model"} <= names else {}
    for number, query in enumerate(expand_queries(dashboard.raw, chosen)):
        source = {"type": "prometheus", "uid": "prometheus"}
        body = {"refId": f"A{number}", "datasource": source, "expr": query.expression, "instant": True}
        answer = grafana.post("/api/ds/query", {"queries": [body], "from": "now-5m", "to": "now"})
        assert "error" not in answer["results"][f"A{number}"], f"{query.panel}: {answer}"
