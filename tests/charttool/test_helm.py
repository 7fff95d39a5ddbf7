"""Helm, which has another JSON Schema implementation, accepts and rejects values by the generated schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import helm_python
import pytest

from charttool import cli
from tests.charttool.sample import VALUES, chart, rendered

MORE = """\
# Port.
# @schema {$ref: port, nullable: true}
port: null
# Labels.
# @schema {$ref: labels}
labels: {}
# Environment.
# @schema {items: {kubernetes: core.v1.EnvVar}}
env: []
"""
RENAMES = "- {old: count, new: replicas, since: 0.2.0, why: One word.}\n"
RENAMES += "- {old: old.tag, new: image.tag, since: 0.2.0, why: One place.}\n"
UPGRADING = "<!-- renames: begin -->\n<!-- renames: end -->\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = chart(
        tmp_path_factory.mktemp("charts") / "sample", VALUES + MORE, renames_yaml=RENAMES, UPGRADING_md=UPGRADING
    )
    assert cli.main(["generate", str(folder)]) == 0
    return folder


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"x-anchors": {"a": 1}, "global": {"a": 1}, "enabled": True},
        {"port": 80, "labels": {"a": "b"}, "replicas": None},
        {"resources": {"limits": {"cpu": 1, "memory": "1Gi"}, "claims": None}},
        {"resources": {"limits": {"memory": None}}},
        {"resources": None},
        {"env": [{"name": "A", "value": None}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "a"}}}]},
        {"versions": [{"name": "a", "replicas": None, "image": {"tag": "b"}}]},
        {"versions": [{"name": "a", "image": {}}]},
        {"hosts": [{"host": "a.example.org"}]},
        {"count": 3, "old": {"tag": ["anything"]}},
    ],
)
def test_helm_accepts_valid_values(sample: Path, values: dict[str, Any]) -> None:
    rendered(sample, values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"replica": 1}, "at '': additional properties 'replica' not allowed"),
        ({"image": {"tags": "a"}}, "at '/image': additional properties 'tags' not allowed"),
        ({"replicas": -1}, "at '/replicas': minimum: got -1, want 0"),
        ({"port": "80"}, "at '/port': got string, want null or integer"),
        ({"labels": {"a": 1}}, "at '/labels/a': got number, want string"),
        ({"resources": {"limit": {}}}, "at '/resources': additional properties 'limit' not allowed"),
        ({"env": [None]}, "at '/env/0': got null, want object"),
        ({"env": [{"value": "a"}]}, "at '/env/0': missing property 'name'"),
        ({"env": [{"name": "A", "valueFrom": {"a": 1}}]}, "at '/env/0/valueFrom': additional properties 'a' not"),
        ({"hosts": [{}]}, "at '/hosts/0': missing property 'host'"),
        ({"versions": [{"labels": {}}]}, "at '/versions/0': additional properties 'labels' not allowed"),
        ({"versions": [{"replicas": -1}]}, "at '/versions/0/replicas': minimum: got -1, want 0"),
        ({"versions": [{"image": {"a": 1}}]}, "at '/versions/0/image': additional properties 'a' not allowed"),
        ({"old": {"a": 1}}, "at '/old': additional properties 'a' not allowed"),
    ],
)
def test_helm_rejects_invalid_values_with_their_path(sample: Path, values: dict[str, Any], message: str) -> None:
    with pytest.raises(helm_python.HelmError) as caught:
        rendered(sample, values)
    assert message in str(caught.value)
