"""Generated values are valid, diverse and the same in every run; failures show the smallest values."""

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
def generated(shard: int = 0, run: int = 1) -> list[dict[str, Any]]:  # noqa: ARG001  (part of the cache key)
    seen: list[dict[str, Any]] = []
    for_all(SchemaStrategies(SCHEMA, EXAMPLES, ["word"]).some(6), seen.append, 150, shard)
    return seen


def test_generated_values_are_valid_and_use_every_key() -> None:
    validator = jsonschema_rs.Draft7Validator(SCHEMA)
    everything: dict[str, Any] = {}
    for values in generated():
        assert validator.is_valid(values), as_yaml(values)
        everything = merged(everything, values)
    assert set(everything) == set(SCHEMA["properties"])


def test_strings_include_fragile_ones_and_the_words_of_the_chart() -> None:
    # Two shards, because a single one may have few of them by chance.
    any_texts = {values["text"] for shard in (0, 1) for values in generated(shard) if "text" in values}
    assert len(any_texts & set(TEXTS)) > 5
    passed_through = {values["template"] for values in generated() if "template" in values}
    assert not any("{{" in text for text in passed_through), "a value that is passed through tpl must not be a template"
    words: set[str] = set()
    for_all(texts({"pattern": "^[a-z]+$"}, words=["word"]), words.add, 200)
    assert "word" in words


def test_excluded_paths_are_not_generated() -> None:
    assert "count" not in SchemaStrategies(SCHEMA, EXAMPLES, exclude=["count"]).units


def test_runs_generate_the_same_and_shards_differ() -> None:
    assert generated(run=1) == generated(run=2)
    assert generated() != generated(shard=1)


def test_a_failure_shows_the_smallest_values() -> None:
    def check(values: dict[str, Any]) -> None:
        assert values.get("count") in (None, 1, 2), as_yaml(values)

    with pytest.raises(AssertionError, match=r"^count: 3\n"):
        for_all(SchemaStrategies(SCHEMA, EXAMPLES).some(4), check, 200)


@pytest.mark.parametrize("text", ["1e3", "yes", "~", "2024-01-01", "a: b", " a\nb ", "'", "0o7", "true", "plain-text"])
def test_a_string_stays_a_string_in_a_values_file(text: str) -> None:
    assert parse(as_yaml({text: [text]})) == {text: [text]}


def test_an_open_schema_needs_examples() -> None:
    with pytest.raises(LookupError, match=r"filters: the schema accepts anything\. Remedy: add examples"):
        _ = SchemaStrategies(SCHEMA, {"core.v1.EnvVar": [{}]}).units
    with pytest.raises(LookupError, match=r"no examples of core\.v1\.EnvVar"):
        _ = SchemaStrategies(SCHEMA, {"filters": [{}]}).units
