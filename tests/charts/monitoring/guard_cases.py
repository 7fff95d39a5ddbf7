"""Invalid values, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases, Guards, reserved_label
from tests.charts.monitoring import (
    guard_cases_alerting,
    guard_cases_egress,
    guard_cases_expressions,
    guard_cases_intervals,
    guard_cases_lists,
    guard_cases_pods,
    guard_cases_receivers,
    guard_cases_secrets,
    guard_cases_storage,
    guard_cases_web,
)
from tests.charts.monitoring.chart import LOGIN, OUTSIDE

WRITE = {"url": "https://metrics.example.org"}
HOSTS = {"enabled": True, "hosts": ["web.example.org"]}
GATEWAY = {"enabled": True, "parentRefs": [{"name": "public"}]}
OPEN = {"auth": {"allowUnauthenticated": True}}

NAMES: Cases = [
    (
        {"fullnameOverride": "1st"},
        'fullnameOverride: the full name "1st" is not a valid Service name: it must begin with a letter and contain '
        'only a-z, 0-9 and "-". Set fullnameOverride to a valid name.',
    ),
    *(
        ({"commonLabels": {label: "a"}}, reserved_label("commonLabels", label))
        for label in ("app.kubernetes.io/name", "app.kubernetes.io/component", "helm.sh/chart")
    ),
]

PROMETHEUS: Cases = [
    (
        {"prometheus": {"scrape": {"timeout": "1m"}}},
        "prometheus.scrape.timeout: is 1m, which exceeds prometheus.scrape.interval, 30s. Set it to at most the "
        "interval.",
    ),
    *(
        (
            {"prometheus": {"retention": {"size": kept}, "persistence": {"size": size}}},
            f"prometheus.retention.size: is {kept}, which fills prometheus.persistence.size, {size}, and leaves no "
            "room for the write-ahead log. Set it to about 80 % of prometheus.persistence.size. If the claim is "
            'larger, set prometheus.persistence.size to its size, as UPGRADING.md describes in "Enlarge a volume".',
        )
        for kept, size in (("20GB", "20Gi"), ("1GB", "500Mi"), ("1GB", 1000000000), ("2TB", "1.5Ti"))
    ),
    (
        {"prometheus": {"extraScrapeConfigs": [{"job_name": "kubelet"}]}},
        'prometheus.extraScrapeConfigs[0].job_name: the job name "kubelet" is already in use. Rename the job.',
    ),
    (
        {"prometheus": {"extraScrapeConfigs": [{"job_name": "a"}, {"job_name": "a"}]}},
        'prometheus.extraScrapeConfigs[1].job_name: the job name "a" is already in use. Rename the job.',
    ),
    *(
        (
            {"prometheus": {key: [{**entry, "basic_auth": {"username": "a", "password": "b"}}]}},
            f"prometheus.{key}: password is in plain text, visible to every user who can read the ConfigMap. Put it "
            "into a Secret, list the Secret in prometheus.secrets, and use password_file.",
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
        "prometheus.secrets does not list. Add it there.",
    ),
    (
        {"prometheus": {"remoteWrite": [{"url": "https://metrics.example.org", "queueConfig": {"capacity": 9}}]}},
        "prometheus.remoteWrite[0].queueConfig: is not a field of Prometheus, whose names have no capital letters. "
        "Write queue_config.",
    ),
    (
        {"prometheus": {"extraScrapeConfigs": [{"job_name": "a", "relabel_configs": [{"targetLabel": "b"}]}]}},
        "prometheus.extraScrapeConfigs[0].relabel_configs[0].targetLabel: is not a field of Prometheus, whose names "
        "have no capital letters. Write target_label.",
    ),
    (
        {"prometheus": {"replicaCount": 2, "externalLabels": {"prometheus_replica": "a"}}},
        'prometheus.externalLabels: the label "prometheus_replica" is reserved by the chart if '
        "prometheus.replicaCount exceeds 1. Remove it, or rename it.",
    ),
    *(
        (
            {"prometheus": {key: [{**entry, **given}]}},
            f"prometheus.{key}[0]: the header X-Api-Key is in plain text, visible to every user who can read the "
            "ConfigMap. Put it into a Secret, list the Secret in prometheus.secrets, and use "
            "http_headers.X-Api-Key.files.",
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


def unauthenticated(name: str, entrypoint: str) -> str:
    return (
        f"{name}.auth.existingSecret: is empty, but {entrypoint}, so clients outside the cluster would have access "
        f"without authentication. Set it to a Secret with credentials, or set {name}.auth.allowUnauthenticated to true "
        "if a proxy in front authenticates."
    )


def closed_to(entrypoint: str) -> str:
    return (
        f"networkPolicy.ingressFrom: admits only pods of the release's namespace, but {entrypoint}. Add the peers "
        "outside the namespace, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "
        "NAMESPACE-OF-THE-CONTROLLER}}}, or set networkPolicy.enabled to false."
    )


WEB: Cases = [
    *(
        (
            {**OUTSIDE, name: {**login, "ingress": HOSTS, "httpRoute": GATEWAY}},
            f"{name}.httpRoute.enabled: is true, but so is {name}.ingress.enabled. Enable only one of them.",
        )
        for name, login in (("prometheus", LOGIN), ("alertmanager", LOGIN), ("grafana", {}))
    ),
    (
        {**OUTSIDE, "grafana": {"httpRoute": {"enabled": True}}},
        "grafana.httpRoute.parentRefs: is empty, but grafana.httpRoute.enabled is true. Add a Gateway, for example "
        "{name: public, namespace: gateways}.",
    ),
]

ENTRYPOINTS: Cases = [
    *(
        ({**OUTSIDE, name: entrypoint}, unauthenticated(name, f"{name}.{text}"))
        for name in ("prometheus", "alertmanager")
        for entrypoint, text in (
            ({"ingress": HOSTS}, "ingress.enabled is true"),
            ({"httpRoute": GATEWAY}, "httpRoute.enabled is true"),
            ({"service": {"type": "LoadBalancer"}}, 'service.type is "LoadBalancer"'),
        )
    ),
    *(
        ({name: {**login, **entrypoint}}, closed_to(f"{name}.{text}"))
        for name, login in (("prometheus", LOGIN), ("alertmanager", OPEN), ("grafana", {}))
        for entrypoint, text in (
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
        f"{key} is in plain text, visible to every user who can read the ConfigMap. Put it into a Secret, list the "
        "Secret in grafana.secrets, and use $__file{/etc/grafana-secrets/NAME/KEY}."
    )


def provider(oidc: dict[str, Any]) -> dict[str, Any]:
    """Return values with an identity provider."""
    return {"grafana": {"oidc": oidc, "egress": EGRESS}}


def source(**more: Any) -> dict[str, Any]:
    """Return values with an additional data source."""
    traces: dict[str, Any] = {"name": "Traces", "uid": "traces", "type": "jaeger", **more}
    return {"grafana": {"extraDataSources": [traces], "egress": EGRESS}}


ROUTES: list[dict[str, Any]] = [{"ingress": HOSTS}, {"httpRoute": GATEWAY}]
PATHS: Cases = [
    (
        {
            name: {"externalUrl": "https://example.org/watch", "auth": {"allowUnauthenticated": True}, **entrypoint},
            **OUTSIDE,
        },
        f"{name}.externalUrl: has a path, but the Ingress and the HTTPRoute of the chart serve the path /. Remove the "
        f"path, or disable {name}.ingress and {name}.httpRoute and use your own that strip the path.",
    )
    for name in ("prometheus", "alertmanager")
    for entrypoint in ROUTES
]

GRAFANA: Cases = [
    *(
        (
            provider({**OIDC, key: ""}),
            f"grafana.oidc.{key}: is required if grafana.oidc.enabled is true. Set it to the value from the identity "
            "provider.",
        )
        for key in ("clientId", "authUrl", "tokenUrl")
    ),
    (
        provider({**OIDC, "clientSecret": {"name": ""}}),
        "grafana.oidc.clientSecret.name: is required if grafana.oidc.enabled is true. Put the client secret into a "
        "Secret and name it here.",
    ),
    *(
        ({"grafana": {"config": {section: {key: "a"}}}}, in_plain(f"grafana.config: {key}"))
        for section, key in (("smtp", "password"), ("security", "admin_password"), ("security", "secret_key"))
    ),
    *(
        (
            source(uid=uid),
            f'grafana.extraDataSources[0].uid: the uid "{uid}" is already in use. Change the uid.',
        )
        for uid in ("prometheus", "alertmanager")
    ),
    (
        {
            "grafana": {
                "config": {"database": {"url": "postgres://grafana:a@db.example.org/grafana"}},
                "egress": [{"ports": [{"port": 5432, "protocol": "TCP"}]}],
            }
        },
        "grafana.config.database.url: contains a password in plain text, visible to every user who can read the "
        "ConfigMap. Put the URL into a Secret, list the Secret in grafana.secrets, and use "
        "$__file{/etc/grafana-secrets/NAME/KEY}.",
    ),
    (
        {"grafana": {"config": {"auth.anonymous": {"enabled": True, "org_role": "Admin"}}}},
        'grafana.config.auth.anonymous.org_role: is "Admin", which gives this role to every client that reaches the '
        'Service. Set it to "Viewer", or remove it.',
    ),
    (
        source(secureJsonData={"apiKey": "a"}),
        in_plain("grafana.extraDataSources[0].secureJsonData.apiKey:"),
    ),
]

DASHBOARDS: Cases = [
    (
        {"dashboards": {"enabled": False, "extra": {"shop": '{"uid": "shop"}'}}},
        "dashboards.extra: is set, but dashboards.enabled is false. Set dashboards.enabled to true, or remove the "
        "extra dashboards.",
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"overview": '{"uid": "a"}'}}},
        "dashboards.extra.overview: the chart already has a dashboard of this name. Rename it.",
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"large": '{"uid": "' + "a" * 600_000 + '"}'}}},
        "dashboards.extra: has 600027 bytes, but a Helm release must fit into a Secret of 1,048,576. Remove panels, or "
        "put the dashboards into separate ConfigMaps with the labels of dashboards.labels.",
    ),
    *(
        (
            {"dashboards": {"enabled": True, "extra": {"shop": text}}},
            "dashboards.extra.shop: is not the JSON of a dashboard with a uid. Export the dashboard from Grafana: "
            "Share, Export, Save to file.",
        )
        for text in ('{"uid', "[]", '{"uid": ""}')
    ),
    (
        {
            "dashboards": {
                "enabled": True,
                "extra": {"shop": '{"uid": "shop", "__inputs": [{"name": "DS_PROMETHEUS"}]}'},
            }
        },
        "dashboards.extra.shop: was exported for sharing, and Grafana does not fill in its inputs DS_PROMETHEUS when "
        'it loads a file, so its panels would find no data source. Export it again without "Export for sharing '
        'externally", or replace the inputs with the uid of a data source, such as "prometheus", and remove __inputs.',
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"shop": '{"uid": "model-serving-overview"}'}}},
        'dashboards.extra.shop: has the same uid as overview.json, "model-serving-overview". Change the uid.',
    ),
    (
        {"dashboards": {"enabled": True, "extra": {"a": '{"uid": "one"}', "b": '{"uid": "one"}'}}},
        'dashboards.extra.b: has the same uid as dashboards.extra.a, "one". Change the uid.',
    ),
]

ADAPTER: Cases = [
    (
        {"adapter": {"enabled": True}, "prometheus": LOGIN},
        "adapter.enabled: is true, but prometheus.auth.existingSecret is set, and the adapter cannot authenticate. "
        "Authenticate in a proxy in front of Prometheus instead, or scale with KEDA, which can authenticate.",
    ),
    (
        {"adapter": {"tls": {"caBundle": "a"}}},
        "adapter.tls: caBundle is set, but existingSecret is not. Set both, or neither.",
    ),
    (
        {"adapter": {"tls": {"existingSecret": "a"}}},
        "adapter.tls: existingSecret is set, but caBundle is not. Set both, or neither.",
    ),
]

# Validation errors of a single mode.
MODE: Cases = [
    (
        {"mode": "operator", "prometheus": {"remoteWrite": [{"url": "https://a.example.org/w"}]}},
        "prometheus.remoteWrite: has no effect if mode is operator. Remove it, or set mode to standalone.",
    ),
    (
        {"mode": "operator", **guard_cases_alerting.notifying(webhook=[{"url": "https://a.example.org"}])},
        'alertmanager.receivers: is set, but mode "operator" ignores it while operator.alertmanagerConfig.enabled is '
        "false. Set operator.alertmanagerConfig.enabled to true, or remove alertmanager.receivers and "
        "their names in alertmanager.route and alertmanager.routes.",
    ),
    *(
        (
            {"mode": mode, "adapter": {"enabled": True}},
            f"adapter.enabled: has no effect if mode is {mode}. Remove it, or set mode to standalone.",
        )
        for mode in ("operator", "rules-only")
    ),
    *(
        (
            {"mode": "rules-only", exporter: {"enabled": True}},
            f"{exporter}.enabled: has no effect if mode is rules-only. Remove it, or set mode to standalone or "
            "operator.",
        )
        for exporter in ("kubeStateMetrics", "nodeExporter")
    ),
]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    # Grafana writes an empty list if a dashboard that is exported for sharing has no inputs.
    {"dashboards": {"enabled": True, "extra": {"shop": '{"uid": "shop", "__inputs": []}'}}},
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
    # Switching something off is consistent with a mode that does not install it.
    {"mode": "operator", "grafana": {"enabled": False}, "prometheus": {"persistence": {"enabled": False}}},
    *guard_cases_alerting.ALLOWED,
    *guard_cases_egress.ALLOWED,
    *guard_cases_intervals.ALLOWED,
    *guard_cases_lists.ALLOWED,
    *guard_cases_pods.ALLOWED,
    *guard_cases_web.ALLOWED,
    *guard_cases_storage.ALLOWED,
    *guard_cases_receivers.ALLOWED,
]

RENAMES: Cases = [
    (
        values,
        f"{old}: was renamed to {new} in version 0.2.0. Move the value there. UPGRADING.md describes how to migrate a "
        "values file.",
    )
    for values, old, new in (
        (
            {"alertmanager": {"watchdogReceiver": "team"}},
            "alertmanager.watchdogReceiver",
            "alertmanager.deadMansSwitchReceiver",
        ),
        ({"networkPolicy": {"callers": []}}, "networkPolicy.callers", "networkPolicy.ingressFrom"),
    )
]

GUARDS = Guards(
    kinds=[
        *(
            NAMES,
            PROMETHEUS + guard_cases_expressions.RELABELINGS,
            ENTRYPOINTS,
            WEB + PATHS,
            GRAFANA,
            DASHBOARDS,
            ADAPTER,
        ),
        *(*guard_cases_alerting.KINDS, *guard_cases_intervals.KINDS, *guard_cases_pods.KINDS, *guard_cases_web.KINDS),
        *(guard_cases_lists.LISTS, guard_cases_storage.STORAGE),
        *guard_cases_receivers.KINDS,
        *(guard_cases_egress.BLOCKED, guard_cases_secrets.SECRETS),
    ],
    others=MODE + guard_cases_intervals.MODE + guard_cases_receivers.OTHERS + guard_cases_expressions.MATCHERS,
    renames=RENAMES,
    allowed=ALLOWED + guard_cases_expressions.ALLOWED,
)
