"""values.schema.json: what it refuses, and that it says the same as values.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, case, read
from tests.harness import HelmError, render

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
VALUES: dict[str, Any] = read(CHART / "values.yaml")
# What Kubernetes defines is passed on as it is, and the API server says what is wrong with it.
PASSED_ON = {
    "affinity",
    "autoscaling.behavior",
    "autoscaling.extraMetrics[]",
    "extraEnvFrom[]",
    "extraEnv[]",
    "extraVolumeMounts[]",
    "extraVolumes[]",
    "initContainers[]",
    "podSecurityContext",
    "resources",
    "securityContext",
    "sidecars[]",
    "tolerations[]",
    "topologySpreadConstraints[]",
}
# An umbrella chart puts what it likes there.
OPEN = {"global"}


def parts(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the schema with the path of the values it is for."""
    yield path, schema
    for key, part in schema.get("properties", {}).items():
        yield from parts(part, f"{path}.{key}" if path else key)
    if isinstance(schema.get("items"), dict):
        yield from parts(schema["items"], f"{path}[]")


def test_every_object_is_closed_but_for_those_that_kubernetes_defines() -> None:
    passed_on = {
        path
        for path, part in parts(SCHEMA)
        if part.get("type") == "object" and part.get("additionalProperties", True) is True
    }
    assert passed_on - OPEN == PASSED_ON, 'add "additionalProperties": false, or a line to PASSED_ON'


def test_every_value_is_described() -> None:
    undescribed = [
        path for path, part in parts(SCHEMA) if path and not path.endswith("[]") and not part.get("description")
    ]
    assert not undescribed, f"describe in values.schema.json: {undescribed}"


def test_the_schema_needs_no_network() -> None:
    references = [part["$ref"] for _, part in parts(SCHEMA) if "$ref" in part]
    assert references
    assert all(reference.startswith("#/definitions/") for reference in references)


def test_schema_and_values_list_the_same_keys() -> None:
    def keys(values: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
        yield from (f"{path}{key}" for key in set(values) ^ set(schema["properties"]))
        for key in set(values) & set(schema["properties"]):
            if "properties" in schema["properties"][key] and f"{path}{key}" not in PASSED_ON:
                yield from keys(values[key], schema["properties"][key], f"{path}{key}.")

    # `enabled` is for umbrella charts, which read it before this chart is rendered.
    assert set(keys(VALUES, SCHEMA, "")) == {"enabled"}


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"replicas": 3}, "additional properties 'replicas' not allowed"),
        ({"model": {"source": {"image": {"tag": "1"}}}}, "/model/source/image"),
        ({"server": {"thread": 3}}, "/server"),
        ({"ingress": {"hosts": [{"host": "a", "path": "/"}]}}, "/ingress/hosts/0"),
        ({"imagePullSecrets": ["login"]}, "/imagePullSecrets/0"),
        ({"replicaCount": "3"}, "/replicaCount"),
        ({"replicaCount": -1}, "/replicaCount"),
        ({"model": {"source": {"type": "s3"}}}, "/model/source/type"),
        ({"model": {"version": 0}}, "/model/version"),
        ({"model": {"version": "not a label"}}, "/model/version"),
        ({"model": {"path": "models"}}, "/model/path"),
        ({"image": {"digest": "sha256:abc"}}, "/image/digest"),
        ({"image": {"registry": "localhost:5001/"}}, "/image/registry"),
        ({"server": {"logLevel": "verbose"}}, "/server/logLevel"),
        ({"service": {"port": 70000}}, "/service/port"),
        ({"secret": {"stringData": {"token": 1}}}, "/secret/stringData/token"),
        ({"podDisruptionBudget": {"minAvailable": "half"}}, "/podDisruptionBudget/minAvailable"),
        ({"extraEnv": [{"value": "a"}]}, "/extraEnv/0"),
        ({"commonLabels": {"a": 1}}, "/commonLabels/a"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(values: dict[str, Any], where: str) -> None:
    with pytest.raises(HelmError) as caught:
        render(case(values))
    assert where in str(caught.value)


def test_room_for_anchors_and_umbrellas_is_left() -> None:
    render(case({"x-shared": {"a": 1}, "global": {"anything": True}, "enabled": True}))
