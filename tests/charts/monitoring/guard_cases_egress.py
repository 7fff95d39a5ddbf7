"""Destinations that the NetworkPolicies would block, each with the validation error of the chart.

tests/charts/all_charts/test_destinations.py covers every value with an address.
"""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.monitoring.guard_cases_alerting import KEY, MAIL, notifying


def outside(key: str, port: int, rules: str) -> str:
    rule = f"{{ports: [{{port: {port}, protocol: TCP}}]}}"
    return f"{key}: uses port {port}, which {rules} does not allow. Add {rule} to it."


def inside(key: str, port: int, rules: str) -> str:
    return (
        f"{key}: uses port {port}, which {rules} does not allow. Add {{to: [{{namespaceSelector: {{}}}}], ports: "
        f"[{{port: {port}, protocol: TCP}}]}} to it, with the port of the pods behind the Service."
    )


def prometheus(**fields: Any) -> dict[str, Any]:
    """Return values of Prometheus."""
    return {"prometheus": fields}


def grafana(**fields: Any) -> dict[str, Any]:
    """Return values of Grafana."""
    return {"grafana": fields}


RECEIVER, RULES = "alertmanager.receivers[0]", "networkPolicy.egress"
OIDC = {
    "enabled": True,
    "clientId": "a",
    "clientSecret": {"name": "b"},
    "authUrl": "https://a",
    "tokenUrl": "https://b.c.d",
}
SOURCE = {"name": "Traces", "uid": "traces", "type": "jaeger", "url": "http://jaeger.tracing:16686"}
JOB = {"job_name": "shop", "static_configs": [{"targets": ["gateway.example.org:9100"]}]}
BLOCKED: Cases = [
    (
        notifying(webhook=[{"url": "http://bot.chat.svc:8080/alerts"}]),
        inside(f"{RECEIVER}.webhook[0].url", 8080, "alertmanager.egress"),
    ),
    (
        notifying(webhook=[{"url": "http://bot.example.org"}]),
        outside(f"{RECEIVER}.webhook[0].url", 80, "alertmanager.egress"),
    ),
    (
        notifying(email=[{**MAIL, "smarthost": "mail.example.org:25"}]),
        outside(f"{RECEIVER}.email[0].smarthost", 25, "alertmanager.egress"),
    ),
    (
        {
            "alertmanager": {
                **notifying(telegram=[{"chatId": 7, "botTokenSecret": KEY}])["alertmanager"],
                "egress": [{"ports": [{"port": 587, "protocol": "TCP"}]}],
            }
        },
        outside(f"{RECEIVER}.telegram[0]", 443, "alertmanager.egress"),
    ),
    (
        prometheus(remoteWrite=[{"url": "https://vm.example.org:8428/api/v1/write"}]),
        outside("prometheus.remoteWrite[0].url", 8428, RULES),
    ),
    (
        # The default allows port 443 because of the API server.
        prometheus(remoteWrite=[{"url": "https://vm.example.org/write"}])
        | {"networkPolicy": {"apiServerPorts": [6443]}},
        outside("prometheus.remoteWrite[0].url", 443, RULES),
    ),
    (
        prometheus(extraScrapeConfigs=[JOB]),
        outside("prometheus.extraScrapeConfigs[0].static_configs[0].targets[0]", 9100, RULES),
    ),
    (grafana(oidc=OIDC), outside("grafana.oidc.tokenUrl", 443, "grafana.egress")),
    (grafana(extraDataSources=[SOURCE]), inside("grafana.extraDataSources[0].url", 16686, "grafana.egress")),
    (
        grafana(extraDataSources=[{"name": "Traces", "uid": "traces", "type": "jaeger"}]),
        "grafana.egress: is empty, but grafana.extraDataSources is set, so Grafana could not reach them. Add their "
        "peers, for example {to: [{namespaceSelector: {}}], ports: [{port: 16686, protocol: TCP}]}.",
    ),
    (
        grafana(config={"smtp": {"enabled": True, "host": "mail.example.org:587"}}),
        outside("grafana.config.smtp.host", 587, "grafana.egress"),
    ),
]

PODS = [{"to": [{"namespaceSelector": {}}], "ports": [{"port": 8080, "protocol": "TCP"}]}]
# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    # Prometheus can connect to all pods of the cluster.
    prometheus(remoteWrite=[{"url": "http://vm.monitoring.svc:8428/api/v1/write"}, {"url": "https://a.example.org"}]),
    prometheus(extraScrapeConfigs=[{**JOB, "static_configs": [{"targets": ["{{ .Values.global.gateway }}:9100"]}]}]),
    # The targets are parameters of an exporter.
    prometheus(
        extraScrapeConfigs=[
            {
                "job_name": "sites",
                "static_configs": [{"targets": ["http://shop.example.org:8443"]}],
                "relabel_configs": [{"target_label": "__address__", "replacement": "blackbox.probes.svc:9115"}],
            }
        ]
    ),
    {
        **prometheus(remoteWrite=[{"url": "https://vm.example.org:8428/api/v1/write"}]),
        "networkPolicy": {"egress": [{"ports": [{"port": 8000, "endPort": 9000, "protocol": "TCP"}]}]},
    },
    # The rule is about the port of the pods, 8080, behind the port of the Service, 80.
    {"alertmanager": {**notifying(webhook=[{"url": "http://bot.chat.svc"}])["alertmanager"], "egress": PODS}},
    {**prometheus(remoteWrite=[{"url": "https://vm.example.org:8428"}]), "networkPolicy": {"enabled": False}},
    grafana(config={"smtp": {"host": "mail.example.org:587"}}),
]
