"""Invalid values that concern a whole release, each with the complete message of its guard."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases, reserved_label
from tests.charts.model_server.chart import downloading, setting

HOST = {"host": "iris.example.org", "paths": [{"path": "/", "pathType": "Prefix"}]}
ANYWHERE = {"networkPolicy": {"ingressFrom": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}}
INGRESS = {"enabled": True, "hosts": [HOST]}
ROUTE = {"enabled": True, "parentRefs": [{"name": "public"}]}
TWO = [{"name": 1}, {"name": 2}]
CONTROLLER = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}"
NETWORK = "{ipBlock: {cidr: 203.0.113.0/24}}"


def sharing(*versions: int, configmap: str = "iris-1") -> list[dict[str, Any]]:
    """Return entries for these versions of a model, whose files all come from one ConfigMap."""
    source = {"type": "configMap", "configMap": {"name": configmap}}
    return [
        {"name": f"entry-{index}", "model": {"name": "iris", "version": version, "source": source}}
        for index, version in enumerate(versions)
    ]


def reserved_annotation(key: str) -> str:
    return (
        f'{key}: the annotation "checksum/config" is reserved by the chart, which restarts pods with checksum/ '
        "annotations. Rename it."
    )


def not_scraped(monitor: str) -> str:
    return (
        f"networkPolicy.metricsFrom: must not be empty if {monitor}.enabled is true, because Prometheus could not "
        "scrape the pods. Add the namespace of Prometheus, for example {namespaceSelector: {matchLabels: "
        "{kubernetes.io/metadata.name: monitoring}}}."
    )


def not_for_cluster_ip(at: str, key: str) -> str:
    return (
        f'{at}.{key}: requires {at}.type "NodePort" or "LoadBalancer", but the type is "ClusterIP". Change the type, '
        "and admit the clients in networkPolicy.ingressFrom, or remove it."
    )


def for_load_balancers(at: str, key: str, kind: str) -> str:
    return (
        f'{at}.{key}: requires {at}.type "LoadBalancer", but the type is "{kind}". Change the type, and admit the '
        "clients in networkPolicy.ingressFrom, or remove it."
    )


def not_admitted(entrypoint: str, peer: str) -> str:
    return (
        f"networkPolicy.ingressFrom: admits only pods of the release's namespace, but {entrypoint}. Add the peers "
        f"outside the namespace, for example {peer}, or set networkPolicy.enabled to false."
    )


NAMES: Cases = [
    (
        {"fullnameOverride": "1st"},
        'fullnameOverride: the full name "1st" is not a valid Service name: it must begin with a letter and contain '
        'only a-z, 0-9 and "-". Set fullnameOverride to a valid name.',
    ),
    *(
        (
            {"commonLabels": {label: "a"}},
            f'commonLabels: the label "{label}" is reserved by the chart. Remove it, or rename it.',
        )
        for label in ("app", "version", "app.kubernetes.io/name", "app.kubernetes.io/component", "helm.sh/chart")
    ),
]

VERSIONS: Cases = [
    (
        {"versions": [{"name": 1}, {"name": "1"}]},
        'versions[1].name: "1" is also the name of another version. Rename one of them.',
    ),
    *(
        (
            {"versions": [{"name": 1}, {"name": name}]},
            f'versions[1].name: "{name}" is reserved, because the chart has another object of that name. Choose '
            "another name.",
        )
        for name in ("metrics", "nginx", "pods", "test")
    ),
    (
        {"keepUnversioned": True},
        "keepUnversioned: has no effect, because versions is empty. Set it to false, or add the versions.",
    ),
    (
        {"service": {"version": 1}},
        'service.version: is "1", but versions is empty. Add the versions, or remove it.',
    ),
    (
        {"service": {"version": "candidate"}, "versions": TWO},
        'service.version: is "candidate", which is not the name of a version. Set it to one of 1, 2, or remove it.',
    ),
    (
        {"service": {"version": 1}, "versions": TWO, "keepUnversioned": True},
        "service.version: must be empty if keepUnversioned is true, because requests would shift to the version before "
        "its pods are ready. Set it in the next upgrade, when keepUnversioned is false.",
    ),
    (
        {"versions": sharing(1, 2)},
        'versions[1].model.source.configMap.name: "iris-1" is also used by version 1, but a ConfigMap contains the '
        "files of one version. Use one ConfigMap for each version.",
    ),
    (
        {
            "versions": [
                {"name": 1},
                {
                    "name": 2,
                    "model": {"source": {"type": "baked", "download": {"url": "s3://a/b", "sha256": "a" * 64}}},
                },
            ]
        },
        "versions[1].model.source.download: is ignored, because the type of this source is baked. Remove it, or "
        "set versions[1].model.source.type to download.",
    ),
    (
        {"versions": TWO, "model": {"source": {"configMap": {"name": "iris-1"}}}},
        "model.source.configMap.name: has no effect if model.source.type is image. Remove it, or set model.source.type "
        "to configMap.",
    ),
]

SECRET: Cases = [
    (
        {"secret": {"create": True, "stringData": {"a": "b"}, "existingSecret": "login"}},
        'secret.create: conflicts with secret.existingSecret, which is "login". Remove secret.existingSecret, or set '
        "secret.create to false and remove secret.stringData.",
    ),
    (
        {"secret": {"create": True}},
        "secret.stringData: must not be empty if secret.create is true. Set a key, for example with --set-file "
        "secret.stringData.token=FILE, or set secret.existingSecret to the name of a Secret.",
    ),
    (
        {"secret": {"stringData": {"a": "b"}}},
        "secret.stringData: is not used unless secret.create is true. Set secret.create to true, or remove "
        "secret.stringData.",
    ),
    (
        {"secret": {"envFrom": True}},
        "secret.envFrom: requires a Secret. Set secret.existingSecret to its name, or set secret.envFrom to false.",
    ),
    (
        {"secret": {"create": True, "envFrom": True, "stringData": {"MODEL_SERVER_PORT": "1", "TOKEN": "a"}}},
        "secret.stringData: MODEL_SERVER_PORT would override a setting that the chart writes, because secret.envFrom "
        "is true. Set the value under server or model instead.",
    ),
    *(
        (
            {"secret": {"existingSecret": "login", "mountPath": path}},
            f'secret.mountPath: "{path}" is used by the chart. Choose another directory.',
        )
        for path in ("/etc/model-server", "/etc/model-server/", "/etc/model-server/login", "/tmp")  # noqa: S108  (a place in a pod)
    ),
    (
        {"secret": {"existingSecret": "login", "mountPath": "/models"}},
        'model.path: "/models" is already used for secret.mountPath. Choose another path.',
    ),
]

SHADOW: Cases = [
    (
        {"shadow": {"compareWith": 1}},
        'shadow.compareWith: is "1", but versions is empty. Add the versions, or remove it.',
    ),
    (
        {"versions": [{"name": 1}, {"name": 2, "shadow": {"compareWith": "stable"}}]},
        'versions[1].shadow.compareWith: is "stable", which is not the name of a version. Set it to one of 1, 2, or '
        "remove it.",
    ),
]

EXPOSURE: Cases = [
    *(
        ({"service": {key: value}}, not_for_cluster_ip("service", key))
        for key, value in (("nodePort", 30080), ("externalTrafficPolicy", "Local"))
    ),
    *(
        ({"service": {"type": kind, key: value}} | (ANYWHERE if kind == "NodePort" else {}), message)
        for kind in ("ClusterIP", "NodePort")
        for key, value in (("loadBalancerClass", "a"), ("loadBalancerSourceRanges", ["203.0.113.0/24"]))
        for message in [for_load_balancers("service", key, kind)]
    ),
    *(
        ({"nginx": {"enabled": True, "service": {key: value}}}, not_for_cluster_ip("nginx.service", key))
        for key, value in (("nodePort", 30080), ("externalTrafficPolicy", "Local"))
    ),
    *(
        ({"nginx": {"enabled": True, "service": {key: value}}}, for_load_balancers("nginx.service", key, "ClusterIP"))
        for key, value in (("loadBalancerClass", "a"), ("loadBalancerSourceRanges", ["203.0.113.0/24"]))
    ),
]

FAMILIES: Cases = [
    (
        {"service": {"ipFamilies": ["IPv6"]}},
        'server.host: is "0.0.0.0", which does not accept IPv6, but service.ipFamilies contains "IPv6". Set '
        'server.host to "::".',
    ),
    (
        {"service": {"ipFamilyPolicy": "RequireDualStack"}},
        'server.host: is "0.0.0.0", which does not accept IPv6, but service.ipFamilyPolicy is '
        '"RequireDualStack". Set server.host to "::".',
    ),
    (
        {"service": {"ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "SingleStack"}, "server": {"host": "::"}},
        'service.ipFamilyPolicy: is "SingleStack", but service.ipFamilies lists two families. Set it to '
        '"PreferDualStack" or "RequireDualStack", or list one family.',
    ),
]

ROUTES: Cases = [
    (
        {"ingress": INGRESS, "httpRoute": ROUTE, **ANYWHERE},
        "httpRoute.enabled: conflicts with ingress.enabled: two controllers would serve the same hosts. Enable only "
        "one of them.",
    ),
    (
        {"ingress": {"enabled": True}, **ANYWHERE},
        "ingress.hosts: must not be empty if ingress.enabled is true. Add a host, for example "
        "[{host: iris.example.org, paths: [{path: /, pathType: Prefix}]}].",
    ),
    (
        {"httpRoute": {**ROUTE, "timeouts": {"request": "50s", "backendRequest": "1m40s"}}, **ANYWHERE},
        "httpRoute.timeouts.backendRequest: is 1m40s, which exceeds httpRoute.timeouts.request, 50s. Set it to at most "
        "the timeout of the request.",
    ),
    (
        {"httpRoute": {"enabled": True}, **ANYWHERE},
        "httpRoute.parentRefs: must not be empty if httpRoute.enabled is true, because no Gateway would serve the "
        "route. Add a Gateway, for example [{name: public, namespace: gateways}].",
    ),
    (
        {"nginx": {"enabled": True, "rateLimit": {"burst": 5}}},
        "nginx.rateLimit.burst: is 5, but nginx.rateLimit.requestsPerSecond is 0, which disables the limit. Set both, "
        "or neither.",
    ),
    (
        {"nginx": {"enabled": True, "podAnnotations": {"checksum/config": "a", "a": "b"}}},
        reserved_annotation("nginx.podAnnotations"),
    ),
    ({"nginx": {"enabled": True, "podLabels": {"app": "a", "b": "c"}}}, reserved_label("nginx.podLabels", "app")),
]

TESTS: Cases = [
    (
        {"tests": {"podLabels": {"app.kubernetes.io/name": "a"}}},
        reserved_label("tests.podLabels", "app.kubernetes.io/name"),
    ),
    *(
        (
            {"tests": {"podAnnotations": {annotation: "a"}}},
            f'tests.podAnnotations: the annotation "{annotation}" is reserved by the chart, which makes the test a '
            "hook. Remove it, and choose the runner with tests.runner.",
        )
        for annotation in ("helm.sh/hook-weight", "argocd.argoproj.io/hook-delete-policy")
    ),
]

NETWORK_POLICY: Cases = [
    ({"ingress": INGRESS}, not_admitted("ingress.enabled is true", CONTROLLER)),
    ({"httpRoute": ROUTE}, not_admitted("httpRoute.enabled is true", CONTROLLER)),
    ({"service": {"type": "NodePort"}}, not_admitted('service.type is "NodePort"', NETWORK)),
    ({"service": {"type": "LoadBalancer"}}, not_admitted('service.type is "LoadBalancer"', NETWORK)),
    (
        {"nginx": {"enabled": True, "service": {"type": "LoadBalancer"}}},
        not_admitted('nginx.service.type is "LoadBalancer"', NETWORK),
    ),
    ({"ingress": INGRESS, "networkPolicy": {"ingressFrom": []}}, not_admitted("ingress.enabled is true", CONTROLLER)),
]

MONITORING: Cases = [
    (
        {"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}},
        "serviceMonitor.enabled: conflicts with podMonitor.enabled: each pod would be scraped twice. Enable only one "
        "of them.",
    ),
    *(
        ({monitor: {"enabled": True}, "networkPolicy": {"metricsFrom": []}}, not_scraped(monitor))
        for monitor in ("podMonitor", "serviceMonitor")
    ),
    *(
        (
            {monitor: {key: [{"regex": "a("}]}},
            f'{monitor}.{key}[0].regex: "a(" is not a regular expression in RE2 syntax, so Prometheus would reject it. '
            'Correct it; special characters such as "(" are literal only after a backslash.',
        )
        for monitor in ("podMonitor", "serviceMonitor")
        for key in ("relabelings", "metricRelabelings")
    ),
]

RESOLUTION: Cases = [
    (
        {"dnsPolicy": "None"},
        'dnsConfig.nameservers: must not be empty if dnsPolicy is "None", because the pods could not resolve names. '
        "Add a name server, or change dnsPolicy.",
    ),
]

KINDS = [NAMES, SHADOW, VERSIONS, SECRET, EXPOSURE, FAMILIES, NETWORK_POLICY, ROUTES, MONITORING, RESOLUTION, TESTS]

MOVED = (
    ("keepUnlisted", "keepUnversioned"),
    ("networkPolicy.callers", "networkPolicy.ingressFrom"),
    ("networkPolicy.metricsCallers", "networkPolicy.metricsFrom"),
    ("nginx.timeouts.bodySeconds", "nginx.timeouts.clientBodySeconds"),
    ("nginx.timeouts.answerSeconds", "nginx.timeouts.readSeconds"),
)
RENAMED = " UPGRADING.md describes how to migrate a values file."
# The chart reports renamed keys without any other error.
RENAMES: Cases = [
    (
        {"tests": {"enabled": True}},
        "tests.enabled: was renamed to tests.runner in version 0.2.0. Set tests.runner to helm instead." + RENAMED,
    ),
    (
        {"tests": {"enabled": False}},
        "tests.enabled: was renamed to tests.runner in version 0.2.0. Set tests.runner to none instead." + RENAMED,
    ),
    (
        {"tests": {"enabled": "sometimes"}},
        "tests.enabled: was renamed to tests.runner in version 0.2.0. Set tests.runner to one of helm, none instead."
        + RENAMED,
    ),
    *(
        (setting(old, []), f"{old}: was renamed to {new} in version 0.3.0. Move the value there." + RENAMED)
        for old, new in MOVED
    ),
]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    {"ingress": INGRESS, **ANYWHERE},
    {"ingress": INGRESS, "networkPolicy": {"enabled": False}},
    {"ingress": INGRESS, "networkPolicy": {"ingressFrom": [{"namespaceSelector": {}}]}},
    {"httpRoute": ROUTE, "networkPolicy": {"ingressFrom": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]}},
    {"nginx": {"service": {"type": "LoadBalancer", "nodePort": 30080}}},
    {"nginx": {"rateLimit": {"burst": 5}}},
    {"service": {"ipFamilies": ["IPv6", "IPv4"], "ipFamilyPolicy": "RequireDualStack"}, "server": {"host": "::"}},
    {"service": {"version": "2"}, "versions": TWO},
    {"keepUnversioned": True, "versions": TWO},
    # One version with two sets of values.
    {"versions": sharing(1, 1)},
    {"versions": [{"name": 1}, {"name": "2", "shadow": {"compareWith": "1"}}]},
    {"versions": TWO, "shadow": {"compareWith": "1"}, "keepUnversioned": True},
    {"networkPolicy": {"metricsFrom": []}},
    {"podMonitor": {"enabled": True}, "networkPolicy": {"metricsFrom": [], "enabled": False}},
    {"nginx": {"podAnnotations": {"checksum/config": "a"}}},
    {"nginx": {"enabled": True, "podAnnotations": {"example.org/checksum": "a"}}},
    {"service": {"ipFamilyPolicy": "PreferDualStack"}},
    {"service": {"ipFamilyPolicy": "RequireDualStack"}, "server": {"host": "::"}},
    {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["192.0.2.53"]}},
    {"commonLabels": {"example.org/app": "a"}},
    downloading(endpoint=""),
]
