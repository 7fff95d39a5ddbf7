"""What people read: README, notes, and the comments of the values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, CI_FILES, case, ci_case
from tests.charts.model_server.test_schema import PASSED_ON, SCHEMA, VALUES, parts
from tests.harness import notes

README = (CHART / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| (`(.*?)`|see `values.yaml`) \| (.+) \|$", re.MULTILINE)


def leaves(values: dict[str, Any], schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that a user sets, with its default; what Kubernetes defines is one key."""
    for key, value in values.items():
        part = schema["properties"][key]
        if isinstance(value, dict) and "properties" in part and f"{path}{key}" not in PASSED_ON:
            yield from leaves(value, part, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def test_the_readme_lists_every_value_with_its_default() -> None:
    table = README.partition("## Values")[2]
    listed = {key: json.loads(default) if default else None for key, _, default, _ in ROW.findall(table)}
    there = dict(leaves(VALUES, SCHEMA))
    assert sorted(listed) == sorted(there), f"in one only: {sorted(set(listed) ^ set(there))}"
    for key, default in there.items():
        assert listed[key] in (default, None), f"README.md has another default for {key} than values.yaml"


def test_every_key_in_the_text_of_the_readme_exists() -> None:
    known = {".".join(key.split(".")[:depth]) for key, _ in leaves(VALUES, SCHEMA) for depth in range(1, 6)}
    text = re.sub(r"^```.*?^```", "", README.partition("## Values")[0], flags=re.MULTILINE | re.DOTALL)
    named = {key for key in re.findall(r"`([a-zA-Z]+(?:\.[a-zA-Z]+)+)", text) if key.split(".")[0] in VALUES}
    assert len(named) > 10, "the pattern finds no keys any more"
    # Below what Kubernetes defines, the schema knows no keys.
    unknown = {key for key in named - known if key.split(".")[0] not in PASSED_ON}
    assert not unknown, f"README.md names what is no value: {sorted(unknown)}"


def comments() -> dict[str, str]:
    """The comment right above each key of values.yaml, by the key's path."""
    found: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    comment = ""
    for line in (CHART / "values.yaml").read_text(encoding="utf-8").splitlines():
        key = re.match(r"( *)([a-zA-Z]\w*):", line)
        if key:
            parents = [item for item in parents if item[0] < len(key[1])] + [(len(key[1]), key[2])]
            found[".".join(name for _, name in parents)] = comment
        comment = line.strip().removeprefix("# ") if line.strip().startswith("# ") else ""
    return found


def test_every_value_is_explained_and_alike_in_all_three_places() -> None:
    above = comments()
    rows = {key: meaning for key, _, _, meaning in ROW.findall(README)}
    for path, part in parts(SCHEMA):
        if path in above:
            assert above[path], f"values.yaml: {path} has no comment above it"
            assert part["description"] == above[path], f"{path}: schema and values.yaml explain it otherwise"
            assert rows.get(path, above[path]) == above[path], f"{path}: README.md explains it otherwise"


@pytest.mark.parametrize("path", CI_FILES, ids=lambda path: path.name)
def test_the_notes_name_the_objects_of_this_release(path: Any) -> None:
    text = notes(ci_case(path))
    assert "kubectl --namespace serving rollout status deployment/demo-model-server" in text
    assert '"input_data": [[' in text
    assert "<no value>" not in text
    assert "%!" not in text


@pytest.mark.parametrize(
    ("values", "command"),
    [
        ({}, "kubectl --namespace serving port-forward service/demo-model-server 8080:80 &"),
        ({"service": {"port": 81}}, "port-forward service/demo-model-server 8080:81 &"),
        ({"service": {"type": "LoadBalancer"}}, "http://$ADDRESS:80/predict"),
        (
            {"tests": {"inputData": [[1, 2]]}},
            """--data '{"input_data": [[1,2]]}' http://localhost:8080/predict""",
        ),
        (
            {
                "ingress": {
                    "enabled": True,
                    "hosts": [{"host": "a.example.org", "paths": [{"path": "/", "pathType": "Prefix"}]}],
                }
            },
            "http://a.example.org/predict",
        ),
        ({"autoscaling": {"enabled": True}}, "get horizontalpodautoscaler demo-model-server"),
        ({"replicaCount": 1}, "WARNING: replicaCount is 1."),
        (
            {"model": {"source": {"image": {"reference": "m:1"}}}},
            "WARNING: model.source.image.reference names no digest.",
        ),
        (
            {"secret": {"create": True, "stringData": {"a": "b"}}},
            "WARNING: the values of secret.stringData are kept in the release",
        ),
    ],
)
def test_the_notes_fit_the_values(values: dict[str, Any], command: str) -> None:
    assert command in notes(case(values))


def test_the_notes_warn_of_nothing_when_nothing_is_to_be_feared() -> None:
    assert "WARNING" not in notes(case())
