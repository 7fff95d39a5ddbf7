"""How Prometheus finds the pods' metrics: PodMonitor, or ServiceMonitor and a Service for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, one

SELECTOR = {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "demo"}
METRICS = f"{FULLNAME}-metrics"
ENDPOINTS = {"podMonitor": "podMetricsEndpoints", "serviceMonitor": "endpoints"}
RELABELING = {"sourceLabels": ["__name__"], "regex": "python_gc_.*", "action": "drop"}


def monitor(section: str, **settings: Any) -> Any:
    """The monitor of a section of the values."""
    kind = section[0].upper() + section[1:]
    return one(kind, {section: {"enabled": True, **settings}})


def test_a_podmonitor_selects_the_servers_pods_and_their_admin_port() -> None:
    assert monitor("podMonitor").spec == {
        "jobLabel": "app.kubernetes.io/name",
        "selector": {"matchLabels": SELECTOR},
        "podMetricsEndpoints": [{"port": "http-admin", "path": "/metrics"}],
    }


def test_a_servicemonitor_selects_the_service_that_is_there_for_it() -> None:
    assert monitor("serviceMonitor").spec == {
        "jobLabel": "app.kubernetes.io/name",
        "selector": {"matchLabels": {**SELECTOR, "app.kubernetes.io/component": "metrics"}},
        "endpoints": [{"port": "http-admin", "path": "/metrics"}],
    }
    service = one("Service", {"serviceMonitor": {"enabled": True}}, METRICS)
    assert service.labels["app.kubernetes.io/component"] == "metrics"
    assert service.spec == {
        "type": "ClusterIP",
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "ports": [
            {
                "name": "http-admin",
                "port": 8081,
                "targetPort": "http-admin",
                "protocol": "TCP",
                "appProtocol": "http",
            }
        ],
        "selector": SELECTOR,
    }


@pytest.mark.parametrize("section", sorted(ENDPOINTS))
def test_a_monitor_is_scraped_as_the_values_say(section: str) -> None:
    settings = {
        "interval": "30s",
        "scrapeTimeout": "5s",
        "relabelings": [{**RELABELING, "action": "keep"}],
        "metricRelabelings": [RELABELING],
    }
    (endpoint,) = monitor(section, **settings).spec[ENDPOINTS[section]]
    assert endpoint == {"port": "http-admin", "path": "/metrics", **settings}


@pytest.mark.parametrize("section", sorted(ENDPOINTS))
def test_a_monitors_labels_are_its_own_and_win(section: str) -> None:
    kind = section[0].upper() + section[1:]
    labels = {"release": "prometheus", "app.kubernetes.io/part-of": "monitoring"}
    values = {section: {"enabled": True, "labels": labels}, "commonLabels": {"release": "other", "team": "fraud"}}
    found = one(kind, values).labels
    assert labels.items() <= found.items()
    assert found["team"] == "fraud"
    assert found["app.kubernetes.io/instance"] == "demo"


def test_the_monitors_see_all_versions_and_not_nginx() -> None:
    values = {"versions": [{"name": 1}, {"name": 2}], "nginx": {"enabled": True}, "podMonitor": {"enabled": True}}
    assert one("PodMonitor", values).spec["selector"] == {"matchLabels": SELECTOR}
