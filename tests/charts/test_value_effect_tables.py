"""Value effects: entries must be complete, and wrong entries are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.harness import Manifests
from tests.harness.field_paths import MISSING, get_field, set_field
from tests.harness.schema_leaves import leaves
from tests.harness.value_effects import ValueEffect, problems, read, uncovered

SCHEMA: dict[str, Any] = {
    "properties": {
        "image": {"type": "object", "properties": {"tag": {"$ref": "#/definitions/tag", "description": "Tag."}}},
        "affinity": {"$ref": "#/definitions/core.v1.Affinity"},
        "env": {"type": "array", "items": {"$ref": "#/definitions/core.v1.EnvVar"}},
        "hosts": {
            "type": "array",
            "items": {"properties": {"name": {"type": "string"}, "paths": {"items": {"$ref": "#/definitions/path"}}}},
        },
        "names": {"type": "array", "items": {"type": "string"}},
        "versions": {"items": {"properties": {"name": {}, "image": {"$ref": "#/properties/image"}}}},
    },
    "definitions": {
        "tag": {"type": "string", "description": "Any tag."},
        "path": {"properties": {"path": {"type": "string"}}},
        "core.v1.Affinity": {"properties": {"nodeAffinity": {}}},
        "core.v1.EnvVar": {"properties": {"name": {}}},
    },
}
BEFORE = """
kind: Deployment
metadata: {name: a, labels: {example.org/team: one}}
spec: {template: {spec: {containers: [{name: server, image: "a:1"}]}}}
---
kind: ConfigMap
metadata: {name: a}
data: {config.yaml: "threads: 4\\n", nginx.conf: "listen 80;"}
"""
ENTRY: dict[str, Any] = {"leaf": "image.tag", "set": "2", "in": "Deployment"}
IMAGE = {**ENTRY, "at": "pod.containers[server].image"}


def wrong(entry: dict[str, Any], after: str) -> list[str]:
    return problems(ValueEffect(entry), Manifests(BEFORE), Manifests(after))


def test_leaves_can_be_set_on_their_own() -> None:
    found_leaves = leaves(SCHEMA)
    assert list(found_leaves) == [
        *("image.tag", "affinity", "env", "hosts[].name", "hosts[].paths[].path", "names"),
        *("versions[].name", "versions[].image"),
    ]
    assert found_leaves["image.tag"].schema == {"type": "string", "description": "Tag."}
    assert [leaf.kubernetes for leaf in found_leaves.values() if leaf.kubernetes] == [
        "core.v1.Affinity",
        "core.v1.EnvVar",
    ]
    assert found_leaves["versions[].image"].section == "image"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("metadata.labels[example.org/team]", "one"),
        ("pod.containers[server].image", "a:1"),
        ("pod.containers[0].name", "server"),
        ("pod.containers[1].name", MISSING),
        ("pod.containers[other].image", MISSING),
        ("spec.replicas.a", MISSING),
        ("pod.containers[0].image.a", MISSING),
    ],
)
def test_a_path_finds_a_field(path: str, expected: Any) -> None:
    assert get_field(Manifests(BEFORE).one("Deployment"), path) == expected


def test_a_path_continues_in_a_yaml_string() -> None:
    config_map = Manifests(BEFORE).one("ConfigMap")
    assert get_field(config_map, "data[config.yaml].threads") == 4
    assert get_field(config_map, "pod.containers") is MISSING


def test_setting_a_field_keeps_the_others() -> None:
    values = {"a": {"b": 1, "c": [{"d": 1}, {"d": 2}]}, "e": 3}
    assert set_field(values, "a.c[].d", None) == {"a": {"b": 1, "c": [{"d": None}, {"d": 2}]}, "e": 3}
    assert set_field({}, "a[].b.c", 1) == {"a": [{"b": {"c": 1}}]}
    assert values == {"a": {"b": 1, "c": [{"d": 1}, {"d": 2}]}, "e": 3}, "the argument must not change"


def test_a_correct_entry_has_no_problems() -> None:
    after = BEFORE.replace("a:1", "a:2")
    assert wrong({**IMAGE, "is": "a:2"}, after) == []
    assert wrong({**IMAGE, "holds": ":2"}, after) == []


@pytest.mark.parametrize(
    ("entry", "after", "problem"),
    [
        ({**IMAGE, "is": "a:3"}, BEFORE.replace("a:1", "a:2"), "found a:2"),
        (
            {**IMAGE, "is": "a:1"},
            BEFORE.replace("server", "b").replace("b,", "server,"),
            "has this content also without the value",
        ),
        ({**IMAGE, "gone": True}, BEFORE.replace("a:1", "a:2"), "expected: {gone: true}"),
        (
            {**IMAGE, "is": "a:2"},
            BEFORE.replace("a:1", "a:2").replace("80", "81"),
            "ConfigMap/a changes, but the entry",
        ),
        ({**IMAGE, "is": "a:2", "also": ["ConfigMap"]}, BEFORE.replace("a:1", "a:2"), "but it does not change"),
        (
            {**IMAGE, "is": "a:2"},
            f"{BEFORE}\n---\nkind: Job\nmetadata: {{name: b}}",
            "Job/b appears, but the entry does not",
        ),
        (
            {**ENTRY, "at": "a", "gone": True},
            BEFORE.split("---")[1],
            "Deployment/a disappears, but the entry does not list it",
        ),
        (
            {**ENTRY, "at": "metadata.labels[example.org/team]", "is": 1},
            BEFORE.replace("one", "'1'"),
            "found '1', expected: {is: 1}",
        ),
    ],
)
def test_a_wrong_entry_is_reported(entry: dict[str, Any], after: str, problem: str) -> None:
    found_problems = wrong(entry, after)
    assert any(problem in text for text in found_problems), f"{problem!r} is not in {found_problems}"


def test_an_ambiguous_kind_is_refused() -> None:
    after = BEFORE + "---\nkind: Deployment\nmetadata: {name: b}"
    with pytest.raises(ValueError, match=r"Deployment is ambiguous: write one of .*Deployment/b"):
        wrong({**IMAGE, "is": "a:2"}, after)


@pytest.mark.parametrize(
    "entry",
    [
        "{leaf: a}",
        "{leaf: a, set: 1, in: Deployment, at: a}",
        "{leaf: a, set: 1, in: Deployment, at: a, is: 1, holds: 1}",
        "{leaf: a, set: 1, is: 1}",
        "{leaf: a, set: 1, in: Deployment, at: a, is: 1, als: [Job]}",
    ],
)
def test_an_entry_with_missing_or_unknown_keys_is_refused(tmp_path: Path, entry: str) -> None:
    (tmp_path / "some.yaml").write_text(f"- {entry}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"some\.yaml: a: an entry must have leaf, set"):
        read(tmp_path)


def test_a_value_without_an_entry_is_reported_with_an_example() -> None:
    value_effects = [ValueEffect({"leaf": leaf, "set": 1}) for leaf in (*leaves(SCHEMA), "old")][1:]
    (lacking, unknown) = uncovered(leaves(SCHEMA), value_effects, {})
    assert lacking.startswith("no entry describes the effect of image.tag. Add one:\n- leaf: image.tag\n")
    assert unknown == "old is not a value of the schema. Correct or remove its entry."


def test_an_unneeded_exception_is_reported() -> None:
    value_effects = [ValueEffect({"leaf": leaf, "set": 1}) for leaf in leaves(SCHEMA)]
    assert uncovered(leaves(SCHEMA), value_effects[1:], {"image.tag": "why"}) == []
    assert uncovered(leaves(SCHEMA), value_effects, {"image.tag": "why", "old": "why"}) == [
        "old is an exception, but not a value of the schema. Remove it.",
        "image.tag is an exception and has an entry. Keep one of the two.",
    ]
