"""Invalid values: lists with two entries that have the same key, each with the complete message of its guard."""

from __future__ import annotations

from typing import Any

from tests.charts.guard_cases_lists import repeated, spread
from tests.charts.guards import Cases

CONTAINER = {"name": "a", "image": "a"}
MOUNT = {"name": "a", "mountPath": "/a"}
PORT = {"containerPort": 9000, "protocol": "TCP"}

LISTS: Cases = [
    repeated("extraEnv", [{"name": "A", "value": "1"}, {"name": "B"}, {"name": "A", "value": "2"}], "name"),
    repeated("extraVolumes", [{"name": "a", "emptyDir": {}}, {"name": "a", "configMap": {"name": "a"}}], "name"),
    repeated("hostAliases", [{"ip": "192.0.2.1"}, {"ip": "192.0.2.1", "hostnames": ["a"]}], "ip"),
    spread("topologySpreadConstraints"),
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
    {"sidecars": [{**CONTAINER, "name": name, "env": [{"name": "A"}]} for name in ("a", "b")]},
]
