"""Values that KEDA refuses, each with the complete message of its guard."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

CPU: dict[str, Any] = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}
MEMORY: dict[str, Any] = {"type": "memory", "metricType": "AverageValue", "metadata": {"value": "512Mi"}}
PROMETHEUS: dict[str, Any] = {"type": "prometheus", "metadata": {"query": "up", "threshold": "4"}}
FALLBACK = {"failureThreshold": 3, "replicas": 3}
SIDECAR = {"name": "proxy", "image": "proxy"}
WITHOUT_CPU: dict[str, Any] = {"resources": {"requests": {"cpu": None}}}


def scaled(*triggers: dict[str, Any], **keda: Any) -> dict[str, Any]:
    """Return values with triggers of KEDA."""
    return {"keda": {"enabled": True, "triggers": list(triggers), **keda}}


def triggered(kind: str, **metadata: str) -> dict[str, Any]:
    """Return values with a trigger of KEDA."""
    return scaled({"type": kind, "metadata": metadata})


def without_request(path: str, trigger: int = 0) -> str:
    """Return the message for a container without a request for CPU."""
    instead = f", or set keda.triggers[{trigger}].metadata.containerName to model-server" if path else ""
    return (
        f"{path}resources.requests.cpu: is required by keda.triggers[{trigger}], because KEDA refuses a trigger of the "
        "type cpu if a container that it measures has no request. Set it to the CPU that the container uses under "
        f"normal load{instead}."
    )


REPLICAS: Cases = [
    (
        {"keda": {"enabled": True}},
        "keda.triggers: must not be empty if keda.enabled is true. Add a trigger, for "
        'example {type: cpu, metricType: Utilization, metadata: {value: "70"}}.',
    ),
    (
        scaled(CPU, minReplicaCount=11),
        "keda.minReplicaCount: is 11, but must not exceed keda.maxReplicaCount, which is 10. Lower the minimum or "
        "raise the maximum.",
    ),
    *(
        (
            scaled(PROMETHEUS, idleReplicaCount=idle, minReplicaCount=minimum),
            f"keda.idleReplicaCount: is {idle}, but KEDA requires it to be lower than keda.minReplicaCount, which is "
            f"{minimum}. Lower it, or set it to null.",
        )
        for idle, minimum in ((1, 1), (2, 1), (1, 0))
    ),
    (
        scaled(CPU, MEMORY, minReplicaCount=0),
        "keda.minReplicaCount: is 0, but every trigger measures the CPU or the memory of pods, so nothing could scale "
        "up from 0. Set it to 1 or more.",
    ),
    (
        scaled(CPU, fallback=FALLBACK),
        "keda.fallback: is set, but every trigger is of the type cpu or memory, for which KEDA has no fallback. Remove "
        "it.",
    ),
    (
        scaled(PROMETHEUS, fallback={**FALLBACK, "behavior": "scalingModifiers"}),
        'keda.fallback.behavior: must not be "scalingModifiers", because the ScaledObject has no formula. Set it to '
        "one of static, currentReplicas, currentReplicasIfHigher, currentReplicasIfLower.",
    ),
]

RESOURCES: Cases = [
    ({**scaled(CPU), **WITHOUT_CPU}, without_request("")),
    ({**scaled(CPU), "resources": {"requests": {"cpu": "0.0"}}}, without_request("")),
    ({**scaled(PROMETHEUS, CPU), "sidecars": [SIDECAR]}, without_request("sidecars[0].", 1)),
    (
        {**scaled(MEMORY), "resources": {"requests": {"memory": None}, "limits": {"memory": None}}},
        "resources.requests.memory: is required by keda.triggers[0], because KEDA refuses a trigger of the type memory "
        "if a container that it measures has no request. Set it to the memory that the container uses under normal "
        "load.",
    ),
    (
        scaled({**CPU, "metadata": {"value": "70", "containerName": "server"}}),
        'keda.triggers[0].metadata.containerName: "server" is not a container of the pods, so the autoscaler would '
        "find no metric. Set it to one of model-server.",
    ),
]

TRIGGERS: Cases = [
    *(
        (
            scaled({**CPU, "metricType": kind} if kind else {"type": "cpu", "metadata": {"value": "70"}}),
            "keda.triggers[0].metricType: must be Utilization or AverageValue, because the type of the trigger is cpu. "
            "Set it to one of Utilization, AverageValue.",
        )
        for kind in ("", "Value")
    ),
    (
        scaled({**CPU, "metadata": {"value": "70%"}}),
        "keda.triggers[0].metadata.value: must be a percentage without a sign, because metricType is Utilization, got "
        '"70%". Set it to a number, for example "70".',
    ),
    *(
        (
            scaled({**trigger, "metadata": {"value": value}}),
            "keda.triggers[0].metadata.value: must be a Kubernetes quantity, because metricType is AverageValue, got "
            f'"{value}". Set it to an amount of {trigger["type"]}, for example "{example}".',
        )
        for trigger, value, example in (
            ({**CPU, "metricType": "AverageValue"}, "70%", "500m"),
            (MEMORY, "", "512Mi"),
            (MEMORY, "0", "512Mi"),
        )
    ),
    *(
        (
            scaled({**trigger, "useCachedMetrics": True}),
            "keda.triggers[0].useCachedMetrics: must not be true, because KEDA caches no metrics of the type "
            f"{trigger['type']}. Set it to false.",
        )
        for trigger in (CPU, {"type": "cron", "metadata": {}})
    ),
    (
        scaled({**PROMETHEUS, "metricType": "Utilization"}),
        "keda.triggers[0].metricType: must not be Utilization, because only the types cpu and memory are measured as a "
        "percentage. Set it to one of AverageValue, Value.",
    ),
    (
        triggered("cron", timezone="Europe/Berlin", start="0 8 * * 6", end="0 8 * * 1", desiredReplicas="0"),
        'keda.triggers[0].metadata.desiredReplicas: must not be "0", which KEDA refuses. Set it to 1 or more, '
        "start and end to the time in which pods run, and keda.minReplicaCount to 0.",
    ),
    (
        triggered("cron", timezone="Europe/Berlin", start="0 8 * * *", end="0 8 * * *", desiredReplicas="3"),
        "keda.triggers[0].metadata.end: equals start, which KEDA refuses. Set it to the end of the time in which pods "
        "run.",
    ),
    (
        triggered("prometheus", serverAddress="http://prometheus", query="up", threshold="4", authModes="basic"),
        "keda.triggers[0].authenticationRef: is required by metadata.authModes, because KEDA reads credentials from a "
        "TriggerAuthentication only. Set its name, or remove metadata.authModes.",
    ),
]

KEDA = REPLICAS + RESOURCES + TRIGGERS

# Valid values that resemble invalid ones.
ALLOWED: list[dict[str, Any]] = [
    {"keda": {"idleReplicaCount": 1}},
    {"keda": {"minReplicaCount": 11}},
    {"keda": {"fallback": {**FALLBACK, "behavior": "scalingModifiers"}}},
    scaled(PROMETHEUS, minReplicaCount=0, idleReplicaCount=0),
    scaled(PROMETHEUS, CPU, minReplicaCount=0, fallback={**FALLBACK, "behavior": "currentReplicas"}),
    {**scaled(PROMETHEUS), **WITHOUT_CPU},
    {**scaled(CPU), "resources": {"requests": {"cpu": None}, "limits": {"cpu": "1"}}},
    {**scaled(CPU), **WITHOUT_CPU, "podSpec": {"resources": {"requests": {"cpu": "1"}}}},
    {**scaled({**CPU, "metadata": {"value": "70", "containerName": "model-server"}}), "sidecars": [SIDECAR]},
    {**scaled(CPU), "initContainers": [SIDECAR]},
    {**scaled(MEMORY), "sidecars": [{**SIDECAR, "resources": {"limits": {"memory": "64Mi"}}}]},
    scaled({**PROMETHEUS, "useCachedMetrics": True, "metricType": "Value"}),
]
