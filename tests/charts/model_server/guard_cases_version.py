"""Invalid values of a single version, each with the complete message of its guard.

The message for an entry of versions begins with its path, such as `versions[0].`, which is omitted here.
"""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases
from tests.charts.model_server.chart import downloading, setting
from tests.charts.model_server.guard_cases_keda import CPU
from tests.charts.model_server.guard_cases_release import reserved_annotation
from tests.harness import merged

DOWNLOAD = "model.source.download"
OVER_HTTP = (
    f"{DOWNLOAD}.allowHttp: must be true to download over HTTP, which exposes the model and the credentials to "
    "eavesdroppers. Use https in url and endpoint, or set it to true."
)


def for_stores(key: str) -> str:
    return (
        f"{DOWNLOAD}.{key}: applies only to object stores, but {DOWNLOAD}.url is an HTTP URL. Remove it, or use an "
        "s3:// URL."
    )


def used_path(key: str, path: str, what: str) -> str:
    return f'{key}: "{path}" is already used for {what}. Choose another path.'


def from_configmap(configmap: str = "iris-1", **model: Any) -> dict[str, Any]:
    """Return values for a model from a ConfigMap."""
    source = {"type": "configMap", "configMap": {"name": configmap}}
    return {"model": {"name": "iris", "version": 1, "source": source, **model}}


MODEL: Cases = [
    (
        setting("model.source.image.reference", ""),
        'model.source.image.reference: must not be empty if model.source.type is "image". Set it to the image that '
        'contains the model, or set model.source.type to "persistentVolumeClaim", "download", "configMap" or "baked".',
    ),
    (
        setting("model.source.type", "persistentVolumeClaim"),
        "model.source.persistentVolumeClaim.claimName: must not be empty if model.source.type is "
        '"persistentVolumeClaim". Set it to the claim that contains the model.',
    ),
    (
        from_configmap(source={"type": "configMap"}),
        'model.source.configMap.name: must not be empty if model.source.type is "configMap". Set it to the ConfigMap '
        "that contains the version's files.",
    ),
    (
        from_configmap(name=""),
        'model.name: must not be empty if model.source.type is "configMap", because the files are mounted in the '
        "model's directory. Set it to the name in manifest.json.",
    ),
    *(
        (
            from_configmap(f"iris-{version or 'none'}", version=version),
            'model.version: must be a version number if model.source.type is "configMap", because the files are '
            "mounted in the version's directory. Set it to the version in manifest.json.",
        )
        for version in ("production", "")
    ),
    (
        downloading(url=""),
        f'{DOWNLOAD}.url: must not be empty if model.source.type is "download". Set it to the URL of the archive, '
        "for example https://models.example.org/iris-1.tar.gz.",
    ),
    (
        downloading(sha256=""),
        f'{DOWNLOAD}.sha256: must not be empty if model.source.type is "download", because archives are extracted only '
        "if their digest matches. Set it to the output of sha256sum for the archive.",
    ),
    (downloading("http://models.example.org/iris.tar.gz"), OVER_HTTP),
    (downloading("s3://models/iris.tar.gz", endpoint="http://store:7070"), OVER_HTTP),
    (downloading(endpoint="https://store.example.org"), for_stores("endpoint")),
    (downloading(region="us-east-1"), for_stores("region")),
]

SCALING: Cases = [
    (
        {"autoscaling": {"enabled": True}, "keda": {"enabled": True, "triggers": [CPU]}},
        "keda.enabled: conflicts with autoscaling.enabled: KEDA creates its own HorizontalPodAutoscaler. Enable only "
        "one of them.",
    ),
    (
        {"autoscaling": {"enabled": True, "minReplicas": 11}},
        "autoscaling.minReplicas: is 11, but must not exceed autoscaling.maxReplicas, which is 10. Lower the minimum "
        "or raise the maximum.",
    ),
    (
        {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}},
        "resources.requests.cpu: is required if autoscaling.enabled is true, because CPU utilization is a percentage "
        "of it. Set it to the CPU that a pod uses under normal load.",
    ),
    (
        {"autoscaling": {"enabled": True, "targetCPUUtilizationPercentage": None}},
        "autoscaling.extraMetrics: must not be empty if autoscaling.targetCPUUtilizationPercentage is null, because "
        "the autoscaler needs a metric. Set one of them.",
    ),
    *(
        (
            {"strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}},
            "strategy.rollingUpdate.maxSurge: must not be 0 if strategy.rollingUpdate.maxUnavailable is 0, because no "
            "pod could be replaced. Set one of them to 1 or more.",
        )
        for surge, unavailable in ((0, 0), ("0%", 0), (0, "00%"))
    ),
    (
        {"terminationGracePeriodSeconds": 44},
        "terminationGracePeriodSeconds: is 44, but must exceed server.drainSeconds + server.gracefulTimeoutSeconds, "
        "which is 40, by at least 5, so that pods shut down before they are killed. Set it to at least 45.",
    ),
    (
        {"lifecycle": {"preStop": {"sleep": {"seconds": 120}}}},
        "lifecycle.preStop.sleep.seconds: is 120, after which the server needs another 45 seconds, but "
        "terminationGracePeriodSeconds, which covers both, is 50. Set terminationGracePeriodSeconds to at least 165.",
    ),
]

BLOCKS_DRAINS = "which blocks the drain of every node that runs a pod of this release."
NO_EVICTION: list[tuple[int | str, int, dict[str, Any]]] = [
    (3, 3, {"replicaCount": 3}),
    ("67%", 3, {"replicaCount": 3}),
    ("1%", 1, {"replicaCount": 1}),
    ("100%", 100, {"replicaCount": None}),
    (2, 2, {"autoscaling": {"enabled": True, "minReplicas": 2}}),
]
DISRUPTION: Cases = [
    (
        {"podDisruptionBudget": {"minAvailable": 1, "maxUnavailable": 1}},
        "podDisruptionBudget.minAvailable: conflicts with podDisruptionBudget.maxUnavailable. Set only one of them.",
    ),
    *(
        (
            {"podDisruptionBudget": {"maxUnavailable": number}},
            f"podDisruptionBudget.maxUnavailable: is {number}, {BLOCKS_DRAINS} Set it to 1 or more.",
        )
        for number in (0, "0%", "00%")
    ),
    *(
        (
            {"podDisruptionBudget": {"minAvailable": kept}, **pods},
            f"podDisruptionBudget.minAvailable: is {kept} of {replicas} pods, {BLOCKS_DRAINS} Set it to less than the "
            "number of replicas, or set neither number.",
        )
        for kept, replicas, pods in NO_EVICTION
    ),
]

POD: Cases = [
    (
        {"podLabels": {"version": "3"}},
        'podLabels: the label "version" is reserved by the chart. Remove it, or rename it.',
    ),
    ({"podAnnotations": {"checksum/config": "a", "example.org/checksum": "b"}}, reserved_annotation("podAnnotations")),
    *(
        (
            {"gpu": {"count": 1}, "resources": {section: {"nvidia.com/gpu": 1}}},
            f'gpu.count: conflicts with resources.{section}, which also contains "nvidia.com/gpu". Set only one of '
            "them.",
        )
        for section in ("limits", "requests")
    ),
    *(
        (
            {"extraEnv": [{"name": name, "value": "1"}]},
            f"extraEnv: {name} would override a setting that the chart writes. Set the value under server or model "
            "instead.",
        )
        for name in ("MODEL_SERVER_CONFIG", "MODEL_SERVER_DRAIN_SECONDS", "MODEL_SERVER_PORT")
    ),
    *(
        (
            {"extraVolumes": [{"name": name, "emptyDir": {}}]},
            f'extraVolumes: the name "{name}" is reserved by the chart. Rename the volume.',
        )
        for name in ("config", "download-ca", "download-headers", "model", "secret", "tmp")
    ),
    *(
        (
            {section: [{"name": name, "image": "a"}]},
            f'{section}: the name "{name}" is reserved by the chart. Rename the container.',
        )
        for section in ("initContainers", "sidecars")
        for name in ("model-server", "pull-model")
    ),
    (
        {section: [{"name": "a", "image": "a"}] for section in ("initContainers", "sidecars")},
        'sidecars: "a" is also the name of another container. Rename one of them.',
    ),
    *(
        ({"model": {"path": path}}, used_path("model.path", path, what))
        for path, what in (("/tmp", "temporary files"), ("/etc/model-server", "the server's configuration"))  # noqa: S108
    ),
    (
        {"extraVolumeMounts": [{"name": "model", "mountPath": "/models/"}]},
        used_path("extraVolumeMounts", "/models/", "model.path"),
    ),
    (
        merged(downloading(), {"model": {"path": "/etc/download-ca"}}),
        used_path("model.path", "/etc/download-ca", "the CA certificates of the download"),
    ),
]

VERSION = MODEL + SCALING + DISRUPTION + POD

# Valid values that resemble invalid ones.
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
    {"model": {"path": "/etc/model-server", "source": {"type": "baked"}}},
    {"secret": {"mountPath": "/models"}},
    {"autoscaling": {"minReplicas": 11}},
    {"extraEnv": [{"name": "MODEL_SERVER_THREADS", "value": "4"}]},
    {"gpu": {"count": 1}, "resources": {"limits": {"amd.com/gpu": 1}}},
    from_configmap(version="12"),
    downloading("http://models.example.org/iris.tar.gz", allowHttp=True),
    downloading("s3://models/iris.tar.gz", endpoint="http://store:7070", allowHttp=True, region="eu-west-1"),
    {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": "1m"}}},
    # The request of a pod without one is its limit.
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
