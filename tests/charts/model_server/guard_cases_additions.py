"""Invalid additions to pods and Services, each with the complete message of its guard."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases, reserved_label
from tests.charts.model_server.guard_cases_release import ANYWHERE

TWO = [{"name": 1}, {"name": 2}]
LOGIN = {"name": "login", "image": "proxy", "ports": [{"name": "login", "containerPort": 4180}]}
NGINX, TESTS = "nginx", "tests"


def under(component: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return values of the servers, of nginx or of the test."""
    if not component:
        return values
    return {component: {**({"enabled": True} if component == NGINX else {}), **values}}


def key(component: str, name: str) -> str:
    return f"{component}.{name}" if component else name


def container(name: str, /, **port: Any) -> dict[str, Any]:
    return {"name": name, "image": "a", **({"ports": [port]} if port else {})}


def no_such_port(at: str, name: str, workload: str) -> str:
    return (
        f'{at}: is "{name}", but no container of {workload} has a port of that name, so the Service would not reach '
        "it. Add the port to an entry of sidecars, or correct the name."
    )


def not_patched(at: str, name: str, instead: str = "") -> str:
    remedy = f"Use {instead} instead." if instead else "Remove it."
    return f"{at}.{name}: cannot be patched, because the chart depends on it. {remedy}"


def path_used(at: str, path: str, what: str) -> str:
    return f'{at}: "{path}" is already used for {what}. Choose another path.'


ANNOTATIONS: Cases = [
    (values, f'{at}: the annotation "{annotation}" is reserved for hooks and for Helm. Remove it.')
    for annotation in ("helm.sh/hook", "argocd.argoproj.io/hook", "meta.helm.sh/release-name")
    for values, at in (
        ({"commonAnnotations": {annotation: "a"}}, "commonAnnotations"),
        ({"workloadAnnotations": {annotation: "a"}}, "workloadAnnotations"),
        (under(NGINX, {"workloadAnnotations": {annotation: "a"}}), "nginx.workloadAnnotations"),
    )
]

LABELS: Cases = [
    ({"serviceAccount": {"labels": {"app": "a", "b": "c"}}}, reserved_label("serviceAccount.labels", "app"))
]

CONTAINERS: Cases = [
    *(
        (
            under(component, {section: [container(name)]}),
            f'{key(component, section)}: the name "{name}" is reserved by the chart. Rename the container.',
        )
        for component, section, name in ((NGINX, "sidecars", "nginx"), (TESTS, "initContainers", "test"))
    ),
    (
        under(NGINX, {"initContainers": [container("a")], "sidecars": [container("a")]}),
        'nginx.sidecars: "a" is also the name of another container. Rename one of them.',
    ),
    *(
        (
            under(component, {"sidecars": [container("a", containerPort=port)]}),
            f'{key(component, "sidecars")}: the container "a" has the port {port}, on which the chart\'s container '
            "listens in the same pod. Choose another port.",
        )
        for component in ("", NGINX)
        for port in (8080, 8081)
    ),
    *(
        (
            under(component, {"initContainers": [container("a", name=name, containerPort=9000)]}),
            f'{key(component, "initContainers")}: the container "a" has a port named "{name}", as the chart\'s '
            "container has. Rename the port.",
        )
        for component, name in (("", "http-admin"), (NGINX, "http"))
    ),
]

VOLUMES: Cases = [
    (
        under(NGINX, {"extraVolumes": [{"name": "config", "emptyDir": {}}]}),
        'nginx.extraVolumes: the name "config" is reserved by the chart. Rename the volume.',
    ),
    (
        under(NGINX, {"extraVolumeMounts": [{"name": "a", "mountPath": "/etc/nginx/nginx.conf"}]}),
        path_used("nginx.extraVolumeMounts", "/etc/nginx/nginx.conf", "the configuration of nginx"),
    ),
    (
        under(TESTS, {"extraVolumeMounts": [{"name": name, "mountPath": "/a"} for name in ("a", "b")]}),
        path_used("tests.extraVolumeMounts", "/a", "extraVolumeMounts"),
    ),
    (
        {"extraVolumeMounts": [{"name": "a", "mountPath": "/etc/model-server/ca.crt"}]},
        'extraVolumeMounts: "/etc/model-server/ca.crt" is inside "/etc/model-server", which is mounted read-only, so '
        "the container would not start. Choose another path.",
    ),
]

PATCHES: Cases = [
    *(
        (under(component, {"podSpec": {name: []}}), not_patched(key(component, "podSpec"), name, instead))
        for component, name, instead in (
            ("", "containers", "sidecars"),
            ("", "initContainers", "the value initContainers"),
            ("", "volumes", "extraVolumes"),
            (NGINX, "containers", "nginx.sidecars"),
            (NGINX, "initContainers", "nginx.initContainers"),
            (NGINX, "volumes", "nginx.extraVolumes"),
            (TESTS, "initContainers", "tests.initContainers"),
            (TESTS, "volumes", "tests.extraVolumes"),
        )
    ),
    *(
        (
            under(component, {"podSpec": {"terminationGracePeriodSeconds": 5}}),
            not_patched(key(component, "podSpec"), "terminationGracePeriodSeconds", instead),
        )
        for component, instead in (("", "the value terminationGracePeriodSeconds"), (NGINX, "nginx.drainSeconds"))
    ),
    *(
        (under(component, {"podSpec": {name: value}}), not_patched(key(component, "podSpec"), name))
        for component, name, value in (
            ("", "restartPolicy", "Never"),
            ("", "activeDeadlineSeconds", 5),
            (NGINX, "ephemeralContainers", []),
            (TESTS, "containers", []),
            (TESTS, "terminationGracePeriodSeconds", 5),
        )
    ),
]

PORTS: Cases = [
    *(
        (
            {"service": {"targetPort": port}, "nginx": {"enabled": True}, "sidecars": [LOGIN]},
            f'service.targetPort: is "{port}", but nginx.enabled is true, and nginx sends requests to the servers\' '
            'own port. Set it to "http", or disable nginx.',
        )
        for port in ("login", 4180)
    ),
    ({"service": {"targetPort": "login"}}, no_such_port("service.targetPort", "login", "demo-model-server")),
    (
        {"service": {"targetPort": "login"}, "versions": [{"name": 1, "sidecars": [LOGIN]}, {"name": 2}]},
        no_such_port("service.targetPort", "login", "demo-model-server-2"),
    ),
    (
        {"service": {"extraPorts": [{"name": "a", "port": 1}, {"name": "b", "port": 2, "targetPort": "logn"}]}},
        no_such_port("service.extraPorts[1].targetPort", "logn", "demo-model-server"),
    ),
    *(
        (
            {"service": {"extraPorts": ports}},
            f"service.extraPorts[{len(ports) - 1}]: has the same {fields} as {place}, {found}. Change it, or "
            "remove the entry.",
        )
        for ports, fields, place, found in (
            ([{"name": "http", "port": 1}], "name", "service.port", '"http"'),
            ([{"name": "a", "port": 1}, {"name": "a", "port": 2}], "name", "service.extraPorts[0]", '"a"'),
            ([{"name": "a", "port": 80}], "port and protocol", "service.port", '"80" and "TCP"'),
            (
                [{"name": "a", "port": 80, "protocol": "UDP"}, {"name": "b", "port": 80, "protocol": "UDP"}],
                *("port and protocol", "service.extraPorts[0]", '"80" and "UDP"'),
            ),
        )
    ),
    (
        {"service": {"extraPorts": [{"name": "a", "port": 1, "nodePort": 30001}]}},
        'service.extraPorts[0].nodePort: is 30001, but service.type is "ClusterIP", which has no node ports. '
        "Change the type, and admit the clients in networkPolicy.ingressFrom, or remove it.",
    ),
]

KINDS = [ANNOTATIONS, LABELS, CONTAINERS, VOLUMES, PATCHES, PORTS]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    {"commonAnnotations": {"argocd.argoproj.io/sync-wave": "1", "helm.sh/resource-policy": "keep"}},
    {"service": {"targetPort": "login"}, "sidecars": [LOGIN]},
    {"service": {"targetPort": "login"}, "initContainers": [{**LOGIN, "restartPolicy": "Always"}]},
    {"service": {"targetPort": "http"}, "nginx": {"enabled": True}},
    {"service": {"targetPort": 8080}, "nginx": {"enabled": True}},
    {"service": {"extraPorts": [{"name": "a", "port": 80, "protocol": "UDP"}, {"name": "b", "port": 9000}]}},
    {"service": {"type": "NodePort", "extraPorts": [{"name": "a", "port": 1, "nodePort": 30001}]}, **ANYWHERE},
    {"nginx": {"sidecars": [container("nginx")], "podSpec": {"containers": []}}},
    under(TESTS, {"initContainers": [container("a", name="http", containerPort=8080)]}),
    under(NGINX, {"extraVolumeMounts": [{"name": "tmp", "mountPath": "/etc/model-server/a"}]}),
    {"podSpec": {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}, "versions": TWO},
]
