"""Model sources: the volume, the mount and the configuration of each type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, REFERENCE, config, downloading, pod, rendered, server, setting
from tests.charts.model_server.guard_cases_version import from_configmap
from tests.harness.objects import named

EMPTY_DIR = {"sizeLimit": "2Gi"}


def claim(**settings: Any) -> dict[str, Any]:
    """Return values for a model on a PersistentVolumeClaim."""
    source = {"type": "persistentVolumeClaim", "persistentVolumeClaim": {"claimName": "models", **settings}}
    return {"model": {"source": source}}


# Values, the volume without its name, and the mount without its name.
SOURCES: list[tuple[dict[str, Any], Any, Any]] = [
    (
        {},
        {"image": {"reference": REFERENCE, "pullPolicy": "IfNotPresent"}},
        {"mountPath": "/models", "readOnly": True},
    ),
    (
        {"model": {"path": "/srv", "source": {"image": {"pullPolicy": "Always"}}}},
        {"image": {"reference": REFERENCE, "pullPolicy": "Always"}},
        {"mountPath": "/srv", "readOnly": True},
    ),
    (
        claim(),
        {"persistentVolumeClaim": {"claimName": "models", "readOnly": True}},
        {"mountPath": "/models", "readOnly": True},
    ),
    (
        claim(subPath="repository/of/models"),
        {"persistentVolumeClaim": {"claimName": "models", "readOnly": True}},
        {"mountPath": "/models", "subPath": "repository/of/models", "readOnly": True},
    ),
    (from_configmap(), {"configMap": {"name": "iris-1"}}, {"mountPath": "/models/iris/1", "readOnly": True}),
    (
        from_configmap(path="/srv/", version=12),
        {"configMap": {"name": "iris-1"}},
        {"mountPath": "/srv/iris/12", "readOnly": True},
    ),
    (
        from_configmap(version="10000000"),
        {"configMap": {"name": "iris-1"}},
        {"mountPath": "/models/iris/10000000", "readOnly": True},
    ),
    (downloading(), {"emptyDir": EMPTY_DIR}, {"mountPath": "/models", "readOnly": True}),
    (downloading(sizeLimit="5Gi"), {"emptyDir": {"sizeLimit": "5Gi"}}, {"mountPath": "/models", "readOnly": True}),
    (setting("model.source.type", "baked"), None, None),
]


@pytest.mark.parametrize(("values", "volume", "mount"), SOURCES, ids=range(len(SOURCES)))
def test_each_source_has_a_read_only_volume(values: dict[str, Any], volume: Any, mount: Any) -> None:
    assert named(pod(values)["volumes"], "model") == (volume and {"name": "model", **volume})
    assert named(server(values)["volumeMounts"], "model") == (mount and {"name": "model", **mount})


@pytest.mark.parametrize(("values", "volume", "mount"), SOURCES, ids=range(len(SOURCES)))
def test_server_reads_the_mounted_path(values: dict[str, Any], volume: Any, mount: Any) -> None:
    del volume
    repository = config(values)["repository"]
    wanted = values.get("model", {}).get("path", "/models")
    assert repository == wanted
    if mount:
        assert mount["mountPath"].startswith(repository)


def test_configmap_is_mounted_as_the_configured_version() -> None:
    versions = [
        {"name": "blue", **from_configmap("iris-3", version=3)},
        {"name": 4, **from_configmap("iris-4", version=4)},
    ]
    for version, number in (("blue", "3"), ("4", "4")):
        name = f"{FULLNAME}-{version}"
        mount = named(server({"versions": versions}, name)["volumeMounts"], "model")
        assert mount["mountPath"] == f"/models/iris/{number}"
        assert config({"versions": versions}, name)["model_version"] == number


@pytest.mark.parametrize("values", [values for values, _, _ in SOURCES], ids=range(len(SOURCES)))
def test_only_a_download_has_an_init_container(values: dict[str, Any]) -> None:
    is_download = values.get("model", {}).get("source", {}).get("type") == "download"
    assert [item["name"] for item in pod(values).get("initContainers", [])] == (["pull-model"] if is_download else [])
    assert rendered(values).of_kind("PersistentVolumeClaim") == [], "the chart must not create claims"
