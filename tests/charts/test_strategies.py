"""GeneratedCase values: legal ones only, of all kinds, the same in every run; and a failure shows the smallest."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from tests.harness.case import merged
from tests.harness.manifests import parse
from tests.harness.strategies import TEXTS, SchemaStrategies, as_yaml, for_all, texts

pytestmark = pytest.mark.depends_on_files()

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "count": {"type": ["integer", "null"], "minimum": 1},
        "size": {"type": ["string", "number"], "pattern": "^[0-9]+Mi$", "minimum": 0},
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "text": {"type": "string"},
        "template": {"type": "string", "description": "Passed through tpl."},
        "kind": {"enum": ["a", "b"]},
        "labels": {
            "type": "object",
            "patternProperties": {"^[a-z]$": {"type": "boolean"}},
            "additionalProperties": False,
        },
        "times": {"type": "object", "propertyNames": {"enum": ["x"]}, "additionalProperties": {"type": "string"}},
        "hosts": {
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "required": ["host"],
                "additionalProperties": False,
                "properties": {"host": {"type": "string", "minLength": 1}, "port": {"type": "integer"}},
            },
        },
        "rows": {"type": "array", "items": {}},
        "env": {"type": "array", "items": {"$ref": "#/definitions/core.v1.EnvVar"}},
        "filters": {"type": "object", "additionalProperties": True},
        "versions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"enum": ["v"]}, "count": {"$ref": "#/properties/count"}},
                "required": ["name"],
            },
        },
    },
    "definitions": {"core.v1.EnvVar": {"type": "object", "properties": {"name": {"type": "string"}}}},
}
EXAMPLES: dict[str, list[Any]] = {"core.v1.EnvVar": [{"name": "A"}], "filters": [{"a": 1}]}


@cache
def drawn(shard: int = 0, run: int = 1) -> list[dict[str, Any]]:  # noqa: ARG001  (a run of its own)
    seen: list[dict[str, Any]] = []
    for_all(SchemaStrategies(SCHEMA, EXAMPLES, ["word"]).some(6), seen.append, 150, shard)
    return seen


def test_what_is_drawn_is_legal_and_of_every_kind() -> None:
    validator = jsonschema_rs.Draft7Validator(SCHEMA)
    everything: dict[str, Any] = {}
    for values in drawn():
        assert validator.is_valid(values), as_yaml(values)
        everything = merged(everything, values)
    assert set(everything) == set(SCHEMA["properties"])


def test_texts_are_such_as_go_wrong_and_the_charts_own() -> None:
    # Of two shards: in one, how many there are is a matter of chance.
    any_texts = {values["text"] for shard in (0, 1) for values in drawn(shard) if "text" in values}
    assert len(any_texts & set(TEXTS)) > 5
    passed_through = {values["template"] for values in drawn() if "template" in values}
    assert not any("{{" in text for text in passed_through), "a template in a text that is passed through is the user's"
    words: set[str] = set()
    for_all(texts({"pattern": "^[a-z]+$"}, words=["word"]), words.add, 200)
    assert "word" in words


def test_every_run_draws_the_same_and_every_shard_something_else() -> None:
    assert drawn(run=1) == drawn(run=2)
    assert drawn() != drawn(shard=1)


def test_a_failure_shows_the_smallest_values() -> None:
    def check(values: dict[str, Any]) -> None:
        assert values.get("count") in (None, 1, 2), as_yaml(values)

    with pytest.raises(AssertionError, match=r"^count: 3\n"):
        for_all(SchemaStrategies(SCHEMA, EXAMPLES).some(4), check, 200)


@pytest.mark.parametrize("text", ["1e3", "yes", "~", "2024-01-01", "a: b", " a\nb ", "'", "0o7", "true", "plain-text"])
def test_a_text_stays_one_in_a_values_file(text: str) -> None:
    assert parse(as_yaml({text: [text]})) == {text: [text]}


def test_what_may_be_anything_needs_examples() -> None:
    with pytest.raises(LookupError, match=r"filters: anything may be there\. Remedy: give examples"):
        _ = SchemaStrategies(SCHEMA, {"core.v1.EnvVar": [{}]}).units
    with pytest.raises(LookupError, match=r"no examples of core\.v1\.EnvVar"):
        _ = SchemaStrategies(SCHEMA, {"filters": [{}]}).units
