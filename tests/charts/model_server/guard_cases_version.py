"""Mistakes that each version may make by itself, with what the chart says to it: line for line.

The message of a version begins with where it is listed, such as `versions[0].`; these are without.
"""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.model_server.chart import downloading, setting
from tests.charts.model_server.guard_cases_release import rolls_pods
from tests.harness import merged

DOWNLOAD = "model.source.download"
OVER_HTTP = (
    f"{DOWNLOAD}.allowHttp: it is false, and the model would come over HTTP, where everybody on the way can read it "
    "and the login. Use https, or set it to true."
)


def for_stores(key: str) -> str:
    return (
        f"{DOWNLOAD}.{key}: it is set, and {DOWNLOAD}.url names a web server, which has none. Take it out, or use an "
        "s3:// address."
    )


def place_of(key: str, path: str, what: str) -> str:
    return f'{key}: "{path}" is the place of {what}. Choose another.'


def from_configmap(configmap: str = "iris-1", **model: Any) -> dict[str, Any]:
    """Values of a model from a ConfigMap."""
    source = {"type": "configMap", "configMap": {"name": configmap}}
    return {"model": {"name": "iris", "version": 1, "source": source, **model}}


MODEL: Cases = [
    (
        setting("model.source.image.reference", ""),
        'model.source.image.reference: it is empty, and model.source.type is "image". Set it to the image that holds '
        'the model, or choose another model.source.type: "persistentVolumeClaim", "download", "configMap" or "baked".',
    ),
    (
        setting("model.source.type", "persistentVolumeClaim"),
        "model.source.persistentVolumeClaim.claimName: it is empty, and model.source.type is "
        '"persistentVolumeClaim". Set it to the claim that holds the model.',
    ),
    (
        from_configmap(source={"type": "configMap"}),
        'model.source.configMap.name: it is empty, and model.source.type is "configMap". Set it to the ConfigMap that '
        "holds the version's files.",
    ),
    (
        from_configmap(name=""),
        'model.name: it is empty, and model.source.type is "configMap", whose files are mounted as that model\'s '
        "folder. Set it to the name in the manifest.",
    ),
    *(
        (
            from_configmap(f"iris-{version or 'none'}", version=version),
            'model.version: it is no version number, and model.source.type is "configMap", whose files are mounted '
            "as that version's folder. Set it to the number in the manifest.",
        )
        for version in ("production", "")
    ),
    (
        downloading(url=""),
        f'{DOWNLOAD}.url: it is empty, and model.source.type is "download". Set it to the archive that holds the '
        "model, for example https://models.example.org/iris-1.tar.gz.",
    ),
    (
        downloading(sha256=""),
        f'{DOWNLOAD}.sha256: it is empty, and model.source.type is "download". Set it to what sha256sum prints for '
        "the archive: what comes over the network is opened only if it is that.",
    ),
    (downloading("http://models.example.org/iris.tar.gz"), OVER_HTTP),
    (downloading("s3://models/iris.tar.gz", endpoint="http://store:7070"), OVER_HTTP),
    (downloading(endpoint="https://store.example.org"), for_stores("endpoint")),
    (downloading(region="us-east-1"), for_stores("region")),
]

SCALING: Cases = [
    (
        {"autoscaling": {"enabled": True}, "keda": {"enabled": True, "triggers": [{"type": "cpu", "metadata": {}}]}},
        "keda.enabled: it is true, and autoscaling.enabled too: KEDA makes an autoscaler of its own, and the two "
        "would fight. Keep one of the two.",
    ),
    (
        {"autoscaling": {"enabled": True, "minReplicas": 11}},
        "autoscaling.minReplicas: it is 11, more than autoscaling.maxReplicas, 10. Lower the one or raise the other.",
    ),
    (
        {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}},
        "resources.requests.cpu: it is not set, and autoscaling.enabled is true: the autoscaler counts in "
        "percent of it. Set it to what one pod uses under a normal load.",
    ),
    (
        {"autoscaling": {"enabled": True, "targetCPUUtilizationPercentage": None}},
        "autoscaling.extraMetrics: it is empty, and autoscaling.targetCPUUtilizationPercentage is null: there is "
        "nothing to scale by. Set one of the two.",
    ),
    (
        {"keda": {"enabled": True}},
        "keda.triggers: it is empty, and keda.enabled is true: there is nothing to scale by. List a trigger, for "
        'example {type: cpu, metricType: Utilization, metadata: {value: "70"}}.',
    ),
    (
        {"keda": {"enabled": True, "minReplicaCount": 11, "triggers": [{"type": "cpu", "metadata": {}}]}},
        "keda.minReplicaCount: it is 11, more than keda.maxReplicaCount, 10. Lower the one or raise the other.",
    ),
    *(
        (
            {"keda": {"enabled": True, "idleReplicaCount": idle, "triggers": [{"type": "cpu", "metadata": {}}]}},
            f"keda.idleReplicaCount: it is {idle}, and keda.minReplicaCount 1. KEDA wants fewer pods at rest than at "
            "work. Lower it, or set it to null.",
        )
        for idle in (1, 2)
    ),
    *(
        (
            {"strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}},
            "strategy.rollingUpdate.maxSurge: it is 0, and strategy.rollingUpdate.maxUnavailable too: no pod could be "
            "replaced. Set one of the two to 1 or more.",
        )
        for surge, unavailable in ((0, 0), ("0%", 0), (0, "00%"))
    ),
    (
        {"terminationGracePeriodSeconds": 44},
        "terminationGracePeriodSeconds: it is 44, so a pod may be killed before server.drainSeconds + "
        "server.gracefulTimeoutSeconds, 40, are over and it has ended. Set it to at least 45.",
    ),
]

TOO_MANY_KEPT = (
    "no node with a pod of this release can be drained. Set it to less than the pods that there are, or set neither "
    "number."
)
SHORT_OF_PODS: list[tuple[int | str, int, dict[str, Any]]] = [
    (3, 3, {"replicaCount": 3}),
    ("67%", 3, {"replicaCount": 3}),
    ("1%", 1, {"replicaCount": 1}),
    ("100%", 100, {"replicaCount": None}),
    (2, 2, {"autoscaling": {"enabled": True, "minReplicas": 2}}),
]
DISRUPTION: Cases = [
    (
        {"podDisruptionBudget": {"minAvailable": 1, "maxUnavailable": 1}},
        "podDisruptionBudget.minAvailable: it is set, and podDisruptionBudget.maxUnavailable too. Keep one of the two.",
    ),
    *(
        (
            {"podDisruptionBudget": {"maxUnavailable": number}},
            f"podDisruptionBudget.maxUnavailable: with {number} no node with a pod of this release can be drained. Set "
            "it to 1 or more.",
        )
        for number in (0, "0%", "00%")
    ),
    *(
        (
            {"podDisruptionBudget": {"minAvailable": kept}, **pods},
            f"podDisruptionBudget.minAvailable: with {kept} of {fewest} pods {TOO_MANY_KEPT}",
        )
        for kept, fewest, pods in SHORT_OF_PODS
    ),
]

POD: Cases = [
    (
        {"podLabels": {"version": "3"}},
        'podLabels: the label "version" is set by the chart. Take it out, or give it another name.',
    ),
    ({"podAnnotations": {"checksum/config": "a", "example.org/checksum": "b"}}, rolls_pods("podAnnotations")),
    *(
        (
            {"gpu": {"count": 1}, "resources": {section: {"nvidia.com/gpu": 1}}},
            f'gpu.count: it is 1, and resources.{section} has "nvidia.com/gpu" too. Keep one of the two.',
        )
        for section in ("limits", "requests")
    ),
    *(
        (
            {"extraEnv": [{"name": name, "value": "1"}]},
            f"extraEnv: {name} is a setting that the chart writes, and would override it unseen. Set it under server "
            "or model.",
        )
        for name in ("MODEL_SERVER_CONFIG", "MODEL_SERVER_DRAIN_SECONDS", "MODEL_SERVER_PORT")
    ),
    *(
        (
            {"extraVolumes": [{"name": name, "emptyDir": {}}]},
            f'extraVolumes: the name "{name}" is used by the chart. Choose another.',
        )
        for name in ("config", "download-ca", "download-headers", "model", "secret", "tmp")
    ),
    *(
        (
            {section: [{"name": name, "image": "a"}]},
            f'{section}: the name "{name}" is one of the chart\'s own. Choose another.',
        )
        for section in ("initContainers", "sidecars")
        for name in ("model-server", "pull-model")
    ),
    (
        {section: [{"name": "a", "image": "a"}] for section in ("initContainers", "sidecars")},
        'sidecars: "a" is the name of another container, too. Choose another.',
    ),
    *(
        ({"model": {"path": path}}, place_of("model.path", path, what))
        for path, what in (("/tmp", "temporary files"), ("/etc/model-server", "the server's configuration"))  # noqa: S108
    ),
    (
        {"extraVolumeMounts": [{"name": "model", "mountPath": "/models/"}]},
        place_of("extraVolumeMounts", "/models/", "what model.path mounts"),
    ),
    (
        merged(downloading(), {"model": {"path": "/etc/download-ca"}}),
        place_of("model.path", "/etc/download-ca", "the download's authorities"),
    ),
]

VERSION = MODEL + SCALING + DISRUPTION + POD

# What looks like a mistake and is none.
ALLOWED: list[dict[str, Any]] = [
    {"podDisruptionBudget": {"minAvailable": 2}},
    {"podDisruptionBudget": {"minAvailable": "67%"}, "replicaCount": 4},
    {"podDisruptionBudget": {"minAvailable": 3}, "replicaCount": None},
    {"podDisruptionBudget": {"minAvailable": 3, "enabled": False}},
    {"podDisruptionBudget": {"minAvailable": 3}, "autoscaling": {"enabled": True, "minReplicas": 4}},
    {"podDisruptionBudget": {"maxUnavailable": "100%"}},
    {"replicaCount": 1},
    {"replicaCount": 0},
    {"terminationGracePeriodSeconds": 45},
    {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}},
    {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 0}}},
    {"keda": {"idleReplicaCount": 1}},
    {"model": {"path": "/etc/model-server", "source": {"type": "baked"}}},
    {"secret": {"mountPath": "/models"}},
    {"autoscaling": {"minReplicas": 11}},
    {"keda": {"minReplicaCount": 11}},
    {"extraEnv": [{"name": "MODEL_SERVER_THREADS", "value": "4"}]},
    {"gpu": {"count": 1}, "resources": {"limits": {"amd.com/gpu": 1}}},
    from_configmap(version="12"),
    downloading("http://models.example.org/iris.tar.gz", allowHttp=True),
    downloading("s3://models/iris.tar.gz", endpoint="http://store:7070", allowHttp=True, region="eu-west-1"),
    {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": "1m"}}},
    # Without a request, a pod asks for its limit.
    {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}, "limits": {"cpu": 1}}},
    {"podDisruptionBudget": {"minAvailable": 1}, "replicaCount": 0},
    {"podDisruptionBudget": {"minAvailable": "50%"}, "replicaCount": 0},
    {
        "autoscaling": {
            "enabled": True,
            "targetCPUUtilizationPercentage": None,
            "extraMetrics": [{"type": "External", "external": {"metric": {"name": "a"}, "target": {"type": "Value"}}}],
        },
        "resources": {"requests": {"cpu": None}},
    },
]
