"""Invalid values: lists with two entries that have the same key, each with the complete message of its guard."""

from __future__ import annotations

from typing import Any

from tests.charts.guard_cases_lists import DIFFERENT_PARENTS, certificates, parents, repeated, spread
from tests.charts.guards import Cases

CONTAINER = {"name": "a", "image": "a"}
MOUNT = {"name": "a", "mountPath": "/a"}
PORT = {"containerPort": 9000, "protocol": "TCP"}

NAMED = {"type": "cpu", "name": "a", "metadata": {"value": "70"}}
REDIRECT = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}
MIRROR = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "a", "port": 80}}}

LISTS: Cases = [
    repeated("extraEnv", [{"name": "A", "value": "1"}, {"name": "B"}, {"name": "A", "value": "2"}], "name"),
    repeated("extraVolumes", [{"name": "a", "emptyDir": {}}, {"name": "a", "configMap": {"name": "a"}}], "name"),
    repeated("hostAliases", [{"ip": "192.0.2.1"}, {"ip": "192.0.2.1", "hostnames": ["a"]}], "ip"),
    spread("topologySpreadConstraints"),
    (
        {"tests": {"extraEnv": [{"name": "SERVICE_HOST"}]}},
        'tests.extraEnv[0]: has the same name as a variable of the chart, "SERVICE_HOST". Change it, or remove the '
        "entry.",
    ),
    repeated("resources.claims", [{"name": "a"}, {"name": "a", "request": "b"}], "name"),
    repeated("keda.triggers", [NAMED, {**NAMED, "type": "cron"}], "name"),
    certificates("ingress.tls"),
    *parents("httpRoute.parentRefs"),
    repeated("httpRoute.filters", [REDIRECT, {**REDIRECT, "requestRedirect": {"port": 8443}}], "type"),
    *(
        (
            {"httpRoute": {"matches": [{part: [{"name": "a", "value": "b"}, {"name": "a", "value": "c"}]}]}},
            f'httpRoute.matches[0].{part}[1]: has the same name as httpRoute.matches[0].{part}[0], "a". Change it, or '
            "remove the entry.",
        )
        for part in ("headers", "queryParams")
    ),
    *(
        ({section: [{**CONTAINER, **values}]}, f"{section}[0].{message.replace(f' {key}[', f' {section}[0].{key}[')}")
        for section in ("initContainers", "sidecars")
        for key, (values, message) in (
            ("env", repeated("env", [{"name": "A"}, {"name": "A", "value": "1"}], "name")),
            ("volumeMounts", repeated("volumeMounts", [MOUNT, {**MOUNT, "name": "b"}], "mountPath")),
            ("ports", repeated("ports", [PORT, {**PORT, "name": "a"}], "containerPort", "protocol")),
            ("ports", repeated("ports", [PORT, {"containerPort": 9000}], "containerPort", "protocol")),
        )
    ),
]

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    {"sidecars": [{**CONTAINER, "ports": [PORT, {**PORT, "protocol": "UDP"}]}]},
    {"httpRoute": {"parentRefs": DIFFERENT_PARENTS, "filters": [MIRROR, MIRROR]}},
    {"keda": {"triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}] * 2}},
    {"sidecars": [{**CONTAINER, "name": name, "env": [{"name": "A"}]} for name in ("a", "b")]},
]
