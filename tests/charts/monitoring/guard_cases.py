"""Mistakes, each with what the chart says to it: line for line."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases, Guards
from tests.charts.monitoring import guard_cases_alerting, guard_cases_intervals
from tests.charts.monitoring.chart import LOGIN, OUTSIDE

WRITE = {"url": "https://metrics.example.org"}
HOSTS = {"enabled": True, "hosts": ["web.example.org"]}
GATEWAY = {"enabled": True, "parentRefs": [{"name": "public"}]}
OPEN = {"auth": {"allowUnauthenticated": True}}
COMPONENTS = ("prometheus", "alertmanager", "grafana", "kubeStateMetrics", "nodeExporter", "adapter")


def rolls_pods(component: str) -> str:
    return f'{component}.podAnnotations: "checksum/a" is one by which the chart rolls the pods. Give it another name.'


def set_by_the_chart(key: str, label: str) -> str:
    return f'{key}: the label "{label}" is reserved by the chart. Remove it, or rename it.'


NAMES: Cases = [
    (
        {"fullnameOverride": "1st"},
        'fullnameOverride: the full name "1st" is not a valid Service name: it must begin with a letter and contain '
        'only a-z, 0-9 and "-". Set fullnameOverride to a valid name.',
    ),
    *(
        ({"commonLabels": {label: "a"}}, set_by_the_chart("commonLabels", label))
        for label in ("app.kubernetes.io/name", "app.kubernetes.io/component", "helm.sh/chart")
    ),
]

PODS: Cases = [
    *(
        (
            {component: {"podLabels": {"app.kubernetes.io/name": "a"}}},
            set_by_the_chart(f"{component}.podLabels", "app.kubernetes.io/name"),
        )
        for component in COMPONENTS
    ),
    *(({component: {"podAnnotations": {"checksum/a": "b"}}}, rolls_pods(component)) for component in COMPONENTS),
]

PROMETHEUS: Cases = [
    (
        {"prometheus": {"scrape": {"timeout": "1m"}}},
        "prometheus.scrape.timeout: 1m is longer than prometheus.scrape.interval, 30s. Set it to at most that.",
    ),
    *(
        (
            {"prometheus": {"retention": {"size": kept}, "persistence": {"size": size}}},
            f"prometheus.retention.size: {kept} fills prometheus.persistence.size, {size}, and Prometheus needs room "
            "for its log beside. Set it to about 80 % of that.",
        )
        for kept, size in (("20GB", "20Gi"), ("1GB", "500Mi"), ("1GB", 1000000000), ("2TB", "1.5Ti"))
    ),
    (
        {"prometheus": {"extraScrapeConfigs": [{"job_name": "kubelet"}]}},
        'prometheus.extraScrapeConfigs[0].job_name: there is another job named "kubelet". Give it another name.',
    ),
    (
        {"prometheus": {"extraScrapeConfigs": [{"job_name": "a"}, {"job_name": "a"}]}},
        'prometheus.extraScrapeConfigs[1].job_name: there is another job named "a". Give it another name.',
    ),
    *(
        (
            {"prometheus": {key: [{**entry, "basic_auth": {"username": "a", "password": "b"}}]}},
            f"prometheus.{key}: password is in plain, for whoever may read the ConfigMap. Put it into a Secret, name "
            "that in prometheus.secrets, and use password_file.",
        )
        for key, entry in (
            ("extraScrapeConfigs", {"job_name": "a"}),
            ("remoteWrite", {"url": "https://metrics.example.org"}),
        )
    ),
    (
        {
            "prometheus": {
                "remoteWrite": [
                    {
                        "url": "https://metrics.example.org",
                        "basic_auth": {"password_file": "/etc/prometheus/secrets/remote/password"},
                    }
                ]
            }
        },
        'prometheus.remoteWrite: /etc/prometheus/secrets/remote is a file of the Secret "remote", which '
        "prometheus.secrets does not name. Add it there.",
    ),
    (
        {"prometheus": {"replicaCount": 2, "externalLabels": {"prometheus_replica": "a"}}},
        'prometheus.externalLabels: the label "prometheus_replica" is set by the chart where prometheus.replicaCount '
        "is more than 1. Take it out, or give it another name.",
    ),
    *(
        (
            {"prometheus": {key: [{**entry, **given}]}},
            f"prometheus.{key}[0]: the header X-Api-Key is in plain, for whoever may read the ConfigMap. Put it into a "
            "Secret, name that in prometheus.secrets, and use http_headers.X-Api-Key.files.",
        )
        for key, entry, given in (
            ("remoteWrite", {"url": "https://metrics.example.org"}, {"headers": {"X-Api-Key": "a"}}),
            (
                "remoteWrite",
                {"url": "https://metrics.example.org"},
                {"http_headers": {"X-Api-Key": {"secrets": ["a"]}}},
            ),
            ("extraScrapeConfigs", {"job_name": "a"}, {"http_headers": {"X-Api-Key": {"values": ["a"]}}}),
        )
    ),
]


def unauthenticated(name: str, door: str) -> str:
    return (
        f"{name}.auth.existingSecret: it is empty, and {door}: whoever is outside could get in. Name a Secret with a "
        f"login; or, if something in front asks for one, set {name}.auth.allowUnauthenticated to true."
    )


def closed_to(door: str) -> str:
    return (
        f"networkPolicy.ingressFrom: {door}, and only pods of the release's own namespace may call. Add who calls from "
        "outside, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "
        "NAMESPACE-OF-THE-CONTROLLER}}}, or set networkPolicy.enabled to false."
    )


WEB: Cases = [
    *(
        (
            {**OUTSIDE, name: {**login, "ingress": HOSTS, "httpRoute": GATEWAY}},
            f"{name}.httpRoute.enabled: it is true, and {name}.ingress.enabled too. Keep one of the two.",
        )
        for name, login in (("prometheus", LOGIN), ("alertmanager", LOGIN), ("grafana", {}))
    ),
    (
        {**OUTSIDE, "grafana": {"ingress": {"enabled": True}}},
        "grafana.ingress.hosts: it is empty, and grafana.ingress.enabled is true. Name a host, for example "
        "grafana.example.org.",
    ),
    (
        {**OUTSIDE, "grafana": {"httpRoute": {"enabled": True}}},
        "grafana.httpRoute.parentRefs: it is empty, and grafana.httpRoute.enabled is true. Name a Gateway, for example "
        "{name: public, namespace: gateways}.",
    ),
]

DOORS: Cases = [
    *(
        ({**OUTSIDE, name: door}, unauthenticated(name, f"{name}.{said}"))
        for name in ("prometheus", "alertmanager")
        for door, said in (
            ({"ingress": HOSTS}, "ingress.enabled is true"),
            ({"httpRoute": GATEWAY}, "httpRoute.enabled is true"),
            ({"service": {"type": "LoadBalancer"}}, 'service.type is "LoadBalancer"'),
        )
    ),
    *(
        ({name: {**login, **door}}, closed_to(f"{name}.{said}"))
        for name, login in (("prometheus", LOGIN), ("alertmanager", OPEN), ("grafana", {}))
        for door, said in (
            ({"ingress": HOSTS}, "ingress.enabled is true"),
            ({"httpRoute": GATEWAY}, "httpRoute.enabled is true"),
            ({"service": {"type": "NodePort"}}, 'service.type is "NodePort"'),
        )
    ),
]

OIDC: dict[str, Any] = {
    "enabled": True,
    "clientId": "a",
    "clientSecret": {"name": "b"},
    "authUrl": "https://a",
    "tokenUrl": "https://b",
}


EGRESS: list[dict[str, Any]] = [{"ports": [{"port": 443, "protocol": "TCP"}]}]


def in_plain(key: str) -> str:
    return (
        f"{key} is in plain, for whoever may read the ConfigMap. Put it into a Secret, name that in grafana.secrets, "
        "and write $__file{/etc/grafana-secrets/NAME/KEY}."
    )


def provider(oidc: dict[str, Any]) -> dict[str, Any]:
    """Values with a login by others."""
    return {"grafana": {"oidc": oidc, "egress": EGRESS}}


def source(**more: Any) -> dict[str, Any]:
    """Values with a data source."""
    traces: dict[str, Any] = {"name": "Traces", "uid": "traces", "type": "jaeger", **more}
    return {"grafana": {"extraDataSources": [traces], "egress": EGRESS}}


BEHIND: list[dict[str, Any]] = [{"ingress": HOSTS}, {"httpRoute": GATEWAY}]
PATHS: Cases = [
    (
        {name: {"externalUrl": "https://example.org/watch", "auth": {"allowUnauthenticated": True}, **door}, **OUTSIDE},
        f"{name}.externalUrl: it has a path, and what leads here from outside is at /. Take the path out, or the "
        "Ingress or HTTPRoute, and let your own remove the path.",
    )
    for name in ("prometheus", "alertmanager")
    for door in BEHIND
]

GRAFANA: Cases = [
    *(
        (
            provider({**OIDC, key: ""}),
            f"grafana.oidc.{key}: it is empty, and grafana.oidc.enabled is true. The provider tells it.",
        )
        for key in ("clientId", "authUrl", "tokenUrl")
    ),
    (
        provider({**OIDC, "clientSecret": {"name": ""}}),
        "grafana.oidc.clientSecret.name: it is empty, and grafana.oidc.enabled is true. Put the client's secret into a "
        "Secret and name it.",
    ),
    *(
        ({"grafana": {"config": {section: {key: "a"}}}}, in_plain(f"grafana.config: {key}"))
        for section, key in (("smtp", "password"), ("security", "admin_password"), ("security", "secret_key"))
    ),
    *(
        (
            source(uid=uid),
            f'grafana.extraDataSources[0].uid: there is another data source with the uid "{uid}". Give it another.',
        )
        for uid in ("prometheus", "alertmanager")
    ),
    (
        {"grafana": {"config": {"database": {"url": "postgres://grafana:a@db.example.org/grafana"}}}},
        "grafana.config.database.url: a password is part of the address, in plain, for whoever may read the ConfigMap. "
        "Put the address into a Secret, name that in grafana.secrets, and write "
        "$__file{/etc/grafana-secrets/NAME/KEY}.",
    ),
    (
        {"grafana": {"config": {"auth.anonymous": {"enabled": True, "org_role": "Admin"}}}},
        'grafana.config.auth.anonymous.org_role: it is "Admin", for whoever reaches the Service. Set it to "Viewer", '
        "or take it out.",
    ),
    (
        {"grafana": {"oidc": {**OIDC}}},
        "grafana.egress: it is empty, and grafana.oidc.enabled is true: Grafana could not reach the provider. Add "
        "{ports: [{port: 443, protocol: TCP}]}.",
    ),
    (
        {"grafana": {"extraDataSources": [{"name": "Traces", "uid": "traces", "type": "jaeger"}]}},
        "grafana.egress: it is empty, and grafana.extraDataSources is set: Grafana could not reach them. Add where "
        "they are, for example {to: [{namespaceSelector: {}}], ports: [{port: 16686, protocol: TCP}]}.",
    ),
    (
        source(secureJsonData={"apiKey": "a"}),
        in_plain("grafana.extraDataSources[0].secureJsonData.apiKey: it"),
    ),
]

DASHBOARDS: Cases = [
    (
        {"dashboards": {"enabled": False, "extra": {"shop": '{"uid": "shop"}'}}},
        "dashboards.extra: it is set, and dashboards.enabled is false, so nobody would see them. Set it to true, or "
        "take them out.",
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"overview": '{"uid": "a"}'}}},
        "dashboards.extra.overview: the chart has a dashboard of that name. Give it another.",
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"large": '{"uid": "' + "a" * 600_000 + '"}'}}},
        "dashboards.extra: it has 600027 bytes, and Helm keeps a release in one Secret of 1,048,576. Take panels "
        "out, or put dashboards into ConfigMaps of their own with the label of dashboards.labels.",
    ),
    *(
        (
            {"dashboards": {"enabled": True, "extra": {"shop": text}}},
            "dashboards.extra.shop: it is not the JSON of a dashboard with a uid. Export it from Grafana: Share, "
            "Export, Save to file.",
        )
        for text in ('{"uid', "[]", '{"uid": ""}')
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"shop": '{"uid": "model-serving-overview"}'}}},
        'dashboards.extra.shop: overview.json has the uid "model-serving-overview" as well. Give it another.',
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"a": '{"uid": "one"}', "b": '{"uid": "one"}'}}},
        'dashboards.extra.b: dashboards.extra.a has the uid "one" as well. Give it another.',
    ),
]

ADAPTER: Cases = [
    (
        {"adapter": {"enabled": True}, "prometheus": LOGIN},
        "adapter.enabled: it is true, and prometheus.auth.existingSecret is set: the adapter cannot log in. Leave the "
        "login to what is in front of Prometheus, or scale by KEDA, which can.",
    ),
    (
        {"adapter": {"tls": {"caBundle": "a"}}},
        "adapter.tls: caBundle is set, and existingSecret is not. Set both, or neither.",
    ),
    (
        {"adapter": {"tls": {"existingSecret": "a"}}},
        "adapter.tls: existingSecret is set, and caBundle is not. Set both, or neither.",
    ),
]

# These are said of one mode alone.
MODE: Cases = [
    (
        {"mode": "rules-only", **guard_cases_alerting.telling(webhook=[{"url": "https://a.example.org"}])},
        'alertmanager.receivers: it is set, and mode is "rules-only": this release tells nobody. Take it out, or set '
        'mode to "standalone" or "operator".',
    ),
    (
        {"mode": "operator", **guard_cases_alerting.telling(webhook=[{"url": "https://a.example.org"}])},
        'alertmanager.receivers: it is set, mode is "operator" and operator.alertmanagerConfig.enabled is false: '
        "nobody would be told. Set it to true, or take the receivers out.",
    ),
    *(
        (
            {"mode": mode, "adapter": {"enabled": True}},
            f'adapter.enabled: it is true, and mode is "{mode}", which brings no Prometheus that it could ask. Set '
            'mode to "standalone", or adapter.enabled to false.',
        )
        for mode in ("operator", "rules-only")
    ),
    *(
        (
            {"mode": "rules-only", exporter: {"enabled": True}},
            f'{exporter}.enabled: it is true, and mode is "rules-only", which runs nothing. Set it to null, or mode to '
            '"standalone" or "operator".',
        )
        for exporter in ("kubeStateMetrics", "nodeExporter")
    ),
]

# What looks like a mistake and is none.
ALLOWED: list[dict[str, Any]] = [
    {"commonLabels": {"example.org/app": "a"}},
    {"prometheus": {"podAnnotations": {"example.org/checksum": "a"}}},
    {"prometheus": {"scrape": {"timeout": "30s"}}},
    {"prometheus": {"scrape": {"timeout": "90s", "interval": "2m"}}},
    {"prometheus": {"retention": {"size": "20GB"}, "persistence": {"size": "21Gi"}}},
    {"prometheus": {"extraScrapeConfigs": [{"job_name": "kubelets", "basic_auth": {"password_file": "/run/a"}}]}},
    {"grafana": {"ingress": HOSTS}, **OUTSIDE},
    {"grafana": {"ingress": HOSTS}, "networkPolicy": {"enabled": False}},
    {"prometheus": {"ingress": HOSTS, **OPEN}, **OUTSIDE},
    {
        "prometheus": {"service": {"type": "NodePort"}, **LOGIN},
        "networkPolicy": {"ingressFrom": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]},
    },
    {"grafana": {"oidc": {"clientId": "a"}}},
    {"grafana": {"config": {"smtp": {"password": "$__file{/etc/grafana-secrets/mail/password}"}}}},
    source(secureJsonData={"apiKey": "$__file{/etc/grafana-secrets/traces/key}"}),
    {"adapter": {"enabled": True, "tls": {"existingSecret": "a", "caBundle": "b"}}},
    {"mode": "operator", "kubeStateMetrics": {"enabled": True}, "nodeExporter": {"enabled": False}},
    {"mode": "rules-only", "kubeStateMetrics": {"enabled": False}},
    *guard_cases_alerting.ALLOWED,
    *guard_cases_intervals.ALLOWED,
]

GUARDS = Guards(
    kinds=[
        *(NAMES, PODS, PROMETHEUS, DOORS, WEB + PATHS, GRAFANA, DASHBOARDS, ADAPTER),
        *(*guard_cases_alerting.KINDS, *guard_cases_intervals.KINDS),
    ],
    others=MODE + guard_cases_intervals.MODE,
    allowed=ALLOWED,
)
