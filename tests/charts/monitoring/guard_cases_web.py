"""Invalid ports of Services and hosts of Ingresses, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.monitoring.chart import LOGIN, OUTSIDE

PROXY = {"name": "proxy", "port": 4180}


def ports(*extra: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return values with additional ports of Grafana's Service."""
    return {"grafana": {"service": {"extraPorts": list(extra)}, **more}}


def hosts(*names: str) -> dict[str, Any]:
    """Return values with two Ingresses for the same hosts."""
    ingress = {"ingress": {"enabled": True, "hosts": list(names)}}
    return {**OUTSIDE, "prometheus": {**LOGIN, **ingress}, "grafana": ingress}


PORTS: Cases = [
    (
        ports({"name": "http", "port": 4180}),
        'grafana.service.extraPorts[0]: has the same name as the port of the chart, "http". Change it, or remove the '
        "entry.",
    ),
    (
        ports({"name": "proxy", "port": 80}),
        'grafana.service.extraPorts[0]: has the same port and protocol as the port of the chart, "80" and "TCP". '
        "Change it, or remove the entry.",
    ),
    (
        ports({**PROXY, "targetPort": "proxy"}),
        'grafana.service.extraPorts[0].targetPort: is "proxy", but no container has a port of that name, so the '
        "Service would not reach it. Add the port to an entry of sidecars, or correct the name.",
    ),
    (
        ports({**PROXY, "nodePort": 30080}),
        'grafana.service.extraPorts[0].nodePort: requires grafana.service.type "NodePort" or "LoadBalancer", but the '
        'type is "ClusterIP". Change the type, and admit the clients in networkPolicy.ingressFrom, or remove it.',
    ),
    *(
        (
            {"alertmanager": {entrypoint: {"servicePort": "proxy"}}},
            f'alertmanager.{entrypoint}.servicePort: the Service has no port "proxy". Add it to '
            "alertmanager.service.extraPorts, or correct the name.",
        )
        for entrypoint in ("ingress", "httpRoute")
    ),
    (
        hosts(),
        "grafana.ingress.hosts: is empty, which means all hosts, like prometheus.ingress.hosts, but both serve the "
        "path /. Set different hosts.",
    ),
    (
        hosts("a.example.org"),
        "grafana.ingress.hosts: contains a.example.org, like prometheus.ingress.hosts, but both serve the path /. Set "
        "different hosts.",
    ),
]

ALLOW_LISTS: Cases = [
    *(
        (
            {"kubeStateMetrics": {key: ["pods=[a]", "networkpolicies=[a]"]}},
            f"kubeStateMetrics.{key}[1]: networkpolicies is not in kubeStateMetrics.collect, so the entry has no "
            "effect. Add it there, if the chart can collect it, or correct the name.",
        )
        for key in ("metricLabelsAllowlist", "metricAnnotationsAllowList")
    ),
    (
        {"kubeStateMetrics": {"metricLabelsAllowlist": ["pods=[a]", "pods=[b]"]}},
        "kubeStateMetrics.metricLabelsAllowlist[1]: would replace an earlier entry for pods. Merge the two.",
    ),
]

KINDS = (PORTS, ALLOW_LISTS)
ALLOWED: list[dict[str, Any]] = [
    ports(
        {**PROXY, "targetPort": "proxy"},
        sidecars=[{"name": "proxy", "image": "a", "ports": [{"name": "proxy", "containerPort": 4180}]}],
    ),
    ports({"name": "udp", "port": 80, "protocol": "UDP"}),
    {**OUTSIDE, "grafana": {"ingress": {"enabled": True, "tls": [{"secretName": "a"}]}}},
    {"kubeStateMetrics": {"metricLabelsAllowlist": ["pods=[a,*.example.org/b]", "nodes=[*]"]}},
]
