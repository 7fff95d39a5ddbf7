"""Mistakes that concern a whole release, each with what the chart says to it: line for line."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.model_server.chart import downloading, setting

HOST = {"host": "iris.example.org", "paths": [{"path": "/", "pathType": "Prefix"}]}
ANYWHERE = {"networkPolicy": {"ingressFrom": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}}
INGRESS = {"enabled": True, "hosts": [HOST]}
ROUTE = {"enabled": True, "parentRefs": [{"name": "public"}]}
TWO = [{"name": 1}, {"name": 2}]
CONTROLLER = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}"
NETWORK = "{ipBlock: {cidr: 203.0.113.0/24}}"


def sharing(*versions: int, configmap: str = "iris-1") -> list[dict[str, Any]]:
    """Entries of these versions of a model, whose files are all in one ConfigMap."""
    source = {"type": "configMap", "configMap": {"name": configmap}}
    return [
        {"name": f"entry-{index}", "model": {"name": "iris", "version": version, "source": source}}
        for index, version in enumerate(versions)
    ]


def rolls_pods(key: str) -> str:
    return f'{key}: "checksum/config" is one by which the chart rolls the pods. Give it another name.'


def unread(monitor: str) -> str:
    return (
        f"networkPolicy.metricsFrom: it is empty, and {monitor}.enabled is true: nobody could read the metrics. "
        "Name Prometheus' namespace, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "
        "monitoring}}}."
    )


def not_for_cluster_ip(at: str, key: str) -> str:
    return (
        f'{at}.{key}: it is set, and {at}.type is "ClusterIP". Set {at}.type to "NodePort" or "LoadBalancer", '
        "or take it out."
    )


def for_load_balancers(at: str, key: str, kind: str) -> str:
    return f'{at}.{key}: it is set, and {at}.type is "{kind}". Set {at}.type to "LoadBalancer", or take it out.'


def closed_to(door: str, caller: str) -> str:
    return (
        f"networkPolicy.ingressFrom: {door}, and only pods of the release's own namespace may call. Add who calls from "
        f"outside, for example {caller}, or set networkPolicy.enabled to false."
    )


NAMES: Cases = [
    (
        {"fullnameOverride": "1st"},
        'fullnameOverride: the objects\' name "1st" is no legal name of a Service, which begins with a letter '
        'and holds a-z, 0-9 and "-". Set fullnameOverride to one that is.',
    ),
    *(
        (
            {"commonLabels": {label: "a"}},
            f'commonLabels: the label "{label}" is set by the chart. Take it out, or give it another name.',
        )
        for label in ("app", "version", "app.kubernetes.io/name", "app.kubernetes.io/component", "helm.sh/chart")
    ),
]

VERSIONS: Cases = [
    (
        {"versions": [{"name": 1}, {"name": "1"}]},
        'versions[1].name: "1" is the name of another version too. Give each its own.',
    ),
    *(
        (
            {"versions": [{"name": 1}, {"name": name}]},
            f'versions[1].name: "{name}" would give its objects the name of one of the chart\'s own. Choose another.',
        )
        for name in ("metrics", "nginx", "pods", "test")
    ),
    (
        {"keepUnversioned": True},
        "keepUnversioned: it is true, and versions is empty, so there is nothing to keep it beside. Set it to false, "
        "or list the versions.",
    ),
    (
        {"service": {"version": 1}},
        'service.version: it is "1", and versions is empty. List the versions, or take it out.',
    ),
    (
        {"service": {"version": "candidate"}, "versions": TWO},
        'service.version: it is "candidate", and no version has that name. Set it to one of 1, 2, or take it out.',
    ),
    (
        {"service": {"version": 1}, "versions": TWO, "keepUnversioned": True},
        "service.version: it is set, and keepUnversioned is true: requests would leave the pods that are kept before a "
        "version is ready. Set it with the next upgrade, when keepUnversioned is false.",
    ),
    (
        {"versions": sharing(1, 2)},
        'versions[1].model.source.configMap.name: "iris-1" is the one of version 1 too, and a ConfigMap holds the '
        "files of one version. Name each version's own.",
    ),
]

SECRET: Cases = [
    (
        {"secret": {"create": True, "stringData": {"a": "b"}, "existingSecret": "login"}},
        'secret.create: it is true, and secret.existingSecret is set to "login". Keep one of the two.',
    ),
    (
        {"secret": {"create": True}},
        "secret.stringData: it is empty, and secret.create is true. Give a value, for example by --set-file "
        "secret.stringData.token=FILE, or name a Secret in secret.existingSecret.",
    ),
    (
        {"secret": {"stringData": {"a": "b"}}},
        "secret.stringData: it is set, and secret.create is false, so nothing would use it. Set secret.create "
        "to true, or take it out.",
    ),
    (
        {"secret": {"envFrom": True}},
        "secret.envFrom: it is true, and there is no Secret. Name one in secret.existingSecret, or set "
        "secret.envFrom to false.",
    ),
    *(
        (
            {"secret": {"existingSecret": "login", "mountPath": path}},
            f'secret.mountPath: "{path}" is a folder of the chart\'s own. Choose another.',
        )
        for path in ("/etc/model-server", "/etc/model-server/", "/tmp")  # noqa: S108  (a place in a pod)
    ),
    (
        {"secret": {"existingSecret": "login", "mountPath": "/models"}},
        'model.path: "/models" is the place of what secret.mountPath mounts. Choose another.',
    ),
]

SHADOW: Cases = [
    (
        {"shadow": {"compareWith": 1}},
        'shadow.compareWith: it is "1", and versions is empty. List the versions, or take it out.',
    ),
    (
        {"versions": [{"name": 1}, {"name": 2, "shadow": {"compareWith": "stable"}}]},
        'versions[1].shadow.compareWith: it is "stable", and no version has that name. Set it to one of 1, 2, or take '
        "it out.",
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
        'server.host: it is "0.0.0.0", which no IPv6 request reaches, and service.ipFamilies holds "IPv6". Set '
        'server.host to "::".',
    ),
    (
        {"service": {"ipFamilyPolicy": "RequireDualStack"}},
        'server.host: it is "0.0.0.0", which no IPv6 request reaches, and service.ipFamilyPolicy is '
        '"RequireDualStack". Set server.host to "::".',
    ),
    (
        {"service": {"ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "SingleStack"}, "server": {"host": "::"}},
        'service.ipFamilyPolicy: it is "SingleStack", and service.ipFamilies names two. Set it to "PreferDualStack" '
        'or "RequireDualStack", or name one family.',
    ),
]

ROUTES: Cases = [
    (
        {"ingress": INGRESS, "httpRoute": ROUTE, **ANYWHERE},
        "httpRoute.enabled: it is true, and ingress.enabled too: the same hosts would be served twice, by two "
        "controllers. Keep one of the two.",
    ),
    (
        {"ingress": {"enabled": True}, **ANYWHERE},
        "ingress.hosts: it is empty, and ingress.enabled is true. Name a host, for example "
        "[{host: iris.example.org, paths: [{path: /, pathType: Prefix}]}].",
    ),
    (
        {"httpRoute": {"enabled": True}, **ANYWHERE},
        "httpRoute.parentRefs: it is empty, and httpRoute.enabled is true: no Gateway would serve the route. Name "
        "one, for example [{name: public, namespace: gateways}].",
    ),
    (
        {"nginx": {"enabled": True, "rateLimit": {"burst": 5}}},
        "nginx.rateLimit.burst: it is 5, and nginx.rateLimit.requestsPerSecond is 0, which is no limit. Set both, "
        "or neither.",
    ),
    (
        {"nginx": {"enabled": True, "podAnnotations": {"checksum/config": "a", "a": "b"}}},
        rolls_pods("nginx.podAnnotations"),
    ),
]

NETWORK_POLICY: Cases = [
    ({"ingress": INGRESS}, closed_to("ingress.enabled is true", CONTROLLER)),
    ({"httpRoute": ROUTE}, closed_to("httpRoute.enabled is true", CONTROLLER)),
    ({"service": {"type": "NodePort"}}, closed_to('service.type is "NodePort"', NETWORK)),
    ({"service": {"type": "LoadBalancer"}}, closed_to('service.type is "LoadBalancer"', NETWORK)),
    (
        {"nginx": {"enabled": True, "service": {"type": "LoadBalancer"}}},
        closed_to('nginx.service.type is "LoadBalancer"', NETWORK),
    ),
    ({"ingress": INGRESS, "networkPolicy": {"ingressFrom": []}}, closed_to("ingress.enabled is true", CONTROLLER)),
]

MONITORING: Cases = [
    (
        {"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}},
        "serviceMonitor.enabled: it is true, and podMonitor.enabled too: each pod would be scraped twice. Keep one "
        "of the two.",
    ),
    *(
        ({monitor: {"enabled": True}, "networkPolicy": {"metricsFrom": []}}, unread(monitor))
        for monitor in ("podMonitor", "serviceMonitor")
    ),
]

RESOLUTION: Cases = [
    (
        {"dnsPolicy": "None"},
        'dnsConfig.nameservers: it is empty, and dnsPolicy is "None", so the pods would resolve no name. List the '
        "servers, or choose another dnsPolicy.",
    ),
]

KINDS = [NAMES, SHADOW, VERSIONS, SECRET, EXPOSURE, FAMILIES, NETWORK_POLICY, ROUTES, MONITORING, RESOLUTION]

MOVED = (
    ("keepUnlisted", "keepUnversioned"),
    ("networkPolicy.callers", "networkPolicy.ingressFrom"),
    ("networkPolicy.metricsCallers", "networkPolicy.metricsFrom"),
    ("nginx.timeouts.bodySeconds", "nginx.timeouts.clientBodySeconds"),
    ("nginx.timeouts.answerSeconds", "nginx.timeouts.readSeconds"),
)
RENAMED = " UPGRADING.md tells how to rewrite a whole file."
# These are told alone: nothing else is said beside them.
RENAMES: Cases = [
    (
        {"tests": {"enabled": True}},
        "tests.enabled: as of 0.2.0 it is tests.runner. Write tests.runner: helm in its place." + RENAMED,
    ),
    (
        {"tests": {"enabled": False}},
        "tests.enabled: as of 0.2.0 it is tests.runner. Write tests.runner: none in its place." + RENAMED,
    ),
    (
        {"tests": {"enabled": "sometimes"}},
        "tests.enabled: as of 0.2.0 it is tests.runner. Write tests.runner with one of helm, none in its place."
        + RENAMED,
    ),
    *((setting(old, []), f"{old}: as of 0.3.0 it is {new}. Move the value there." + RENAMED) for old, new in MOVED),
]

# What looks like a mistake and is none.
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
    # One version by two settings; and a ConfigMap that nobody mounts.
    {"versions": sharing(1, 1)},
    {"versions": TWO, "model": {"source": {"configMap": {"name": "iris-1"}}}},
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
