"""Makes draft-07 of the marks of a values file: closes objects, puts in shared definitions and Kubernetes' types."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from charttool import kubernetes
from charttool.kubernetes import Schema
from devkit.errors import UserError

DEFINITIONS = Path(__file__).with_name("definitions.yaml")

_TEXTS = frozenset({"description", "default", "examples", "title", "$comment"})
_CONDITIONS = frozenset({"not", "if", "then", "else", "contains", "propertyNames"})
_OBJECT_WORDS = frozenset({"properties", "patternProperties", "additionalProperties", "sections"})
_NUMBER_WORDS = frozenset({"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_STRING_WORDS = frozenset({"minLength", "maxLength", "pattern", "format"})
_COUNTING_WORDS = frozenset({"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"})
_PLAIN = _NUMBER_WORDS | _STRING_WORDS | _COUNTING_WORDS | {"type", "enum", "const"}
_OWN = frozenset({"$ref", "kubernetes", "nullable", "sections"})
WORDS = _TEXTS | _CONDITIONS | _OBJECT_WORDS | _PLAIN | _OWN | {"items", "anyOf", "oneOf", "allOf"}
# A schema with one of these says by itself of which type its values are.
_TYPED = frozenset({"type", "enum", "const", "$ref", "kubernetes", "anyOf", "oneOf"})


class MarkError(UserError):
    """A mark in a values file that cannot be translated."""


@cache
def shared_definitions() -> Mapping[str, Mapping[str, Any]]:
    """The definitions that every chart may refer to, as they are written."""
    shared: dict[str, dict[str, Any]] = yaml.safe_load(DEFINITIONS.read_text(encoding="utf-8"))
    return shared


@dataclass
class Translator:
    """Translates the marks of one chart; ``used`` gathers the definitions that they need."""

    top_level_keys: Collection[str]
    used: dict[str, Schema] = field(default_factory=dict)

    def value(self, mark: Mapping[str, Any], typed_by: str = "") -> Schema:
        """The schema of a value; ``typed_by`` is the type of its default, where it has one."""
        _refuse_unknown_words(mark)
        schema = {word: value for word, value in mark.items() if word not in _OWN}
        if "kubernetes" in mark:
            schema |= self._kubernetes(mark)
        elif "$ref" in mark:
            schema = self._shared(mark, schema)
        else:
            if not _TYPED & set(mark):
                schema = {"type": _inferred_type(mark, typed_by), **schema} if mark or typed_by else schema
            schema = self._inner(schema, mark)
        return self._with_null(schema) if mark.get("nullable") else schema

    def _kubernetes(self, mark: Mapping[str, Any]) -> Schema:
        beside = set(mark) - _TEXTS - {"kubernetes", "nullable"}
        if beside:
            raise MarkError(
                f"{', '.join(sorted(beside))} beside kubernetes has no effect.",
                "Take it out, or write the type by hand.",
            )
        try:
            schema, reachable = kubernetes.type_and_reachable(mark["kubernetes"])
        except kubernetes.UnknownTypeError as error:
            raise MarkError(f"{error}.", "Correct the name: group, version and type.") from error
        self.used |= reachable
        return schema

    def _shared(self, mark: Mapping[str, Any], beside: Schema) -> Schema:
        """A reference; or the definition in place, where words beside it matter: draft-07 passes over these."""
        name = mark["$ref"]
        shared = shared_definitions()
        if name not in shared:
            near = difflib.get_close_matches(str(name), shared, n=1)
            raise MarkError(
                f"there is no definition {name}{f'; the nearest is {near[0]}' if near else ''}.",
                f"Take one of charttool/{DEFINITIONS.name}, or add it there.",
            )
        if set(beside) <= _TEXTS and not mark.get("nullable"):
            self.used[name] = self.value(shared[name])
            return {"$ref": f"#/definitions/{name}", **beside}
        return self.value({**shared[name], **beside})

    def _inner(self, schema: Schema, mark: Mapping[str, Any]) -> Schema:
        """The same schema, with every schema within it translated."""
        result = dict(schema)
        for word in _CONDITIONS & set(schema):
            result[word] = self._condition(schema[word])
        for word in {"anyOf", "oneOf", "allOf"} & set(schema):
            # Beside a type they narrow it; without one they are what the value may be.
            partial = word == "allOf" or "type" in schema
            result[word] = [self._condition(part) if partial else self.value(part) for part in schema[word]]
        if "array" in _types(schema):
            if "items" not in schema:
                raise MarkError("a list without items.", "Say what its entries are; `items: true` admits anything.")
            result["items"] = self._open_or(schema["items"])
        if "object" in _types(schema):
            result |= self._object(schema, mark)
        return result

    def _object(self, schema: Schema, mark: Mapping[str, Any]) -> Schema:
        if not _OBJECT_WORDS & set(mark):
            raise MarkError(
                "an object without keys.",
                "Name them by properties, or say by additionalProperties or kubernetes what it may hold.",
            )
        properties = {name: self._property(name, part) for name, part in schema.get("properties", {}).items()}
        for name in mark.get("sections", []):
            if name not in self.top_level_keys or name in properties:
                why = "is a property of its own, too" if name in properties else "is no key at the top of this file"
                raise MarkError(f"the section {name} {why}.", "Name sections that are, each once.")
            properties[name] = {"$ref": f"#/properties/{name}"}
        result: Schema = {"additionalProperties": self._open_or(schema.get("additionalProperties", False))}
        if properties:
            result["properties"] = properties
        if "patternProperties" in schema:
            result["patternProperties"] = {
                pattern: self._open_or(part) for pattern, part in schema["patternProperties"].items()
            }
        return result

    def _property(self, name: str, mark: Any) -> Schema:
        if not isinstance(mark, dict) or not mark.get("description"):
            raise MarkError(f"the property {name} has no description.", "Say what it does: `description: …`.")
        return self.value(mark)

    def _open_or(self, mark: Any) -> Any:
        return mark if isinstance(mark, bool) else self.value(mark)

    def _condition(self, mark: Any) -> Any:
        """A part that narrows a value: it says only what it must, so it need not be typed, closed or described."""
        if not isinstance(mark, dict):
            return mark
        _refuse_unknown_words(mark)
        result = dict(mark)
        if "$ref" in mark:
            return self.value(mark)
        for word in (_CONDITIONS | {"items", "additionalProperties"}) & set(mark):
            result[word] = self._condition(mark[word])
        for word in {"anyOf", "oneOf", "allOf"} & set(mark):
            result[word] = [self._condition(part) for part in mark[word]]
        for word in {"properties", "patternProperties"} & set(mark):
            result[word] = {name: self._condition(part) for name, part in mark[word].items()}
        return result

    def _with_null(self, schema: Schema) -> Schema:
        result = dict(schema)
        if "$ref" in schema:
            target = self.used[schema["$ref"].removeprefix("#/definitions/")]
            if "null" in _types(target):
                return result
            del result["$ref"]
            return {**result, "anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}
        if "type" in schema and "null" not in _types(schema):
            result["type"] = [*_types(schema), "null"]
        if "enum" in schema and None not in schema["enum"]:
            result["enum"] = [*schema["enum"], None]
        for word in {"anyOf", "oneOf"} & set(schema):
            result[word] = [*schema[word], {"type": "null"}]
        return result


def type_of(default: Any) -> str:
    """The JSON type of a default; empty where it says nothing of what else may be there."""
    if isinstance(default, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(default), "")


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return types if isinstance(types, list) else [types]


def _inferred_type(mark: Mapping[str, Any], typed_by: str) -> str:
    if typed_by:
        return typed_by
    if (_OBJECT_WORDS | {"propertyNames"}) & set(mark):
        return "object"
    if "items" in mark:
        return "array"
    raise MarkError("the mark says no type.", "Add `type: …`, or a $ref.")


def _refuse_unknown_words(mark: Mapping[str, Any]) -> None:
    for word in mark:
        if word not in WORDS:
            near = difflib.get_close_matches(word, WORDS, n=1)
            raise MarkError(
                f"unknown word {word} in the mark{f'; the nearest is {near[0]}' if near else ''}.",
                "Write a keyword of draft-07, or $ref, kubernetes, nullable or sections.",
            )
