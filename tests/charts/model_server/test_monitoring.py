"""PodMonitor, and ServiceMonitor with its headless Service."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, one

SELECTOR = {"app.kubernetes.io/name": "model-server", "app.kubernetes.io/instance": "demo"}
METRICS = f"{FULLNAME}-metrics"
ENDPOINTS = {"podMonitor": "podMetricsEndpoints", "serviceMonitor": "endpoints"}
RELABELING = {"sourceLabels": ["__name__"], "regex": "python_gc_.*", "action": "drop"}


def monitor(section: str, **settings: Any) -> Any:
    """Return the monitor of a section of the values."""
    kind = section[0].upper() + section[1:]
    return one(kind, {section: {"enabled": True, **settings}})


def test_pod_monitor_selects_the_admin_port_of_the_servers() -> None:
    assert monitor("podMonitor").spec == {
        "jobLabel": "app.kubernetes.io/name",
        "selector": {"matchLabels": SELECTOR},
        "podMetricsEndpoints": [{"port": "http-admin", "path": "/metrics"}],
    }


def test_service_monitor_selects_the_metrics_service() -> None:
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
def test_endpoint_has_the_scrape_settings_of_the_values(section: str) -> None:
    settings = {
        "interval": "30s",
        "scrapeTimeout": "5s",
        "relabelings": [{**RELABELING, "action": "keep"}],
        "metricRelabelings": [RELABELING],
    }
    (endpoint,) = monitor(section, **settings).spec[ENDPOINTS[section]]
    assert endpoint == {"port": "http-admin", "path": "/metrics", **settings}


@pytest.mark.parametrize("section", sorted(ENDPOINTS))
def test_monitor_labels_override_common_labels(section: str) -> None:
    kind = section[0].upper() + section[1:]
    labels = {"release": "prometheus", "app.kubernetes.io/part-of": "monitoring"}
    values = {section: {"enabled": True, "labels": labels}, "commonLabels": {"release": "other", "team": "fraud"}}
    found = one(kind, values).labels
    assert labels.items() <= found.items()
    assert found["team"] == "fraud"
    assert found["app.kubernetes.io/instance"] == "demo"


def test_monitors_select_all_versions_but_not_nginx() -> None:
    values = {"versions": [{"name": 1}, {"name": 2}], "nginx": {"enabled": True}, "podMonitor": {"enabled": True}}
    assert one("PodMonitor", values).spec["selector"] == {"matchLabels": SELECTOR}
