"""Where the model comes from: each source's volume, mount and configuration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import FULLNAME, REFERENCE, config, downloading, pod, rendered, server, setting
from tests.charts.model_server.guard_cases_version import from_configmap
from tests.harness.objects import named

EMPTY_DIR = {"sizeLimit": "2Gi"}


def claim(**settings: Any) -> dict[str, Any]:
    """Values of a model on a claim."""
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
def test_each_source_has_its_volume_which_the_server_cannot_write_to(
    values: dict[str, Any], volume: Any, mount: Any
) -> None:
    assert named(pod(values)["volumes"], "model") == (volume and {"name": "model", **volume})
    assert named(server(values)["volumeMounts"], "model") == (mount and {"name": "model", **mount})


@pytest.mark.parametrize(("values", "volume", "mount"), SOURCES, ids=range(len(SOURCES)))
def test_the_server_looks_for_the_model_where_it_is_mounted(values: dict[str, Any], volume: Any, mount: Any) -> None:
    del volume
    repository = config(values)["repository"]
    wanted = values.get("model", {}).get("path", "/models")
    assert repository == wanted
    if mount:
        assert mount["mountPath"].startswith(repository)


def test_a_configmaps_folder_is_named_after_the_version_that_the_server_is_told() -> None:
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
def test_only_a_download_runs_something_first(values: dict[str, Any]) -> None:
    is_download = values.get("model", {}).get("source", {}).get("type") == "download"
    assert [item["name"] for item in pod(values).get("initContainers", [])] == (["pull-model"] if is_download else [])
    assert rendered(values).of_kind("PersistentVolumeClaim") == [], "the chart makes no claim"
