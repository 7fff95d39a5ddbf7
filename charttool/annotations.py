"""Translate @schema annotations to JSON Schema draft-07, with shared definitions and Kubernetes types."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from charttool import custom_resources, kubernetes
from charttool.kubernetes import Schema
from devkit.errors import UserError

DEFINITIONS = Path(__file__).with_name("definitions.yaml")

_TEXTS = frozenset({"description", "default", "examples", "title", "$comment"})
_CONDITIONS = frozenset({"not", "if", "then", "else", "contains", "propertyNames"})
_OBJECT_KEYWORDS = frozenset({"properties", "patternProperties", "additionalProperties", "sections"})
_NUMBER_KEYWORDS = frozenset({"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_STRING_KEYWORDS = frozenset({"minLength", "maxLength", "pattern", "format"})
_COUNTING_KEYWORDS = frozenset({"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"})
_PLAIN = _NUMBER_KEYWORDS | _STRING_KEYWORDS | _COUNTING_KEYWORDS | {"type", "enum", "const"}
_OWN = frozenset({"$ref", "kubernetes", "crd", "modes", "nullable", "patch", "sections"})
KEYWORDS = _TEXTS | _CONDITIONS | _OBJECT_KEYWORDS | _PLAIN | _OWN | {"items", "anyOf", "oneOf", "allOf"}
# Keywords that determine the type of a value.
_TYPED = frozenset({"type", "enum", "const", "$ref", "kubernetes", "crd", "anyOf", "oneOf"})


class AnnotationError(UserError):
    """An @schema annotation that cannot be translated."""


@cache
def shared_definitions() -> Mapping[str, Mapping[str, Any]]:
    """Return the definitions that every chart may reference, as in ``definitions.yaml``."""
    shared: dict[str, dict[str, Any]] = yaml.safe_load(DEFINITIONS.read_text(encoding="utf-8"))
    return shared


@dataclass
class Translator:
    """Translates the annotations of a chart; ``used`` collects the definitions that they reference."""

    top_level_keys: Collection[str]
    used: dict[str, Schema] = field(default_factory=dict)

    def value(self, annotation: Mapping[str, Any], typed_by: str = "") -> Schema:
        """Return the schema of a value; ``typed_by`` is the type of its default, if that determines the type."""
        _reject_unknown_keywords(annotation)
        schema = {word: value for word, value in annotation.items() if word not in _OWN}
        if "kubernetes" in annotation:
            schema |= self._kubernetes(annotation)
        elif "crd" in annotation:
            schema |= self._custom(annotation, typed_by)
        elif "$ref" in annotation:
            schema = self._shared(annotation, schema)
        else:
            if not _TYPED & set(annotation):
                schema = {"type": _inferred_type(annotation, typed_by), **schema} if annotation or typed_by else schema
            schema = self._inner(schema, annotation)
        return self._with_null(schema) if annotation.get("nullable") else schema

    def _kubernetes(self, annotation: Mapping[str, Any]) -> Schema:
        _reject_siblings(annotation, "kubernetes", "patch")
        try:
            schema, reachable = kubernetes.type_and_reachable(annotation["kubernetes"], bool(annotation.get("patch")))
        except kubernetes.UnknownTypeError as error:
            raise AnnotationError(
                str(error), "Use a name such as core.v1.Affinity: group, version and type."
            ) from error
        self.used |= reachable
        return schema

    def _custom(self, annotation: Mapping[str, Any], typed_by: str) -> Schema:
        _reject_siblings(annotation, "crd")
        path = annotation["crd"]
        try:
            schema = custom_resources.part(path)
        except custom_resources.UnknownPartError as error:
            raise AnnotationError(
                str(error), "Run `python -m charttool generate`, or correct the path: kind, then fields."
            ) from error
        name = custom_resources.definition_name(path)
        self.used[name] = schema
        reference = {"$ref": f"#/definitions/{name}"}
        # The default {} leaves the whole part out, while the part itself may require fields.
        if typed_by == "object" and "required" in schema:
            return {"type": "object", "if": {"minProperties": 1}, "then": reference}
        return reference

    def _shared(self, annotation: Mapping[str, Any], siblings: Schema) -> Schema:
        """Return a reference, or the inlined definition if it has siblings: draft-07 ignores siblings of $ref."""
        name = annotation["$ref"]
        shared = shared_definitions()
        if name not in shared:
            near = difflib.get_close_matches(str(name), shared, n=1)
            raise AnnotationError(
                f"unknown definition {name}{f'; did you mean {near[0]}?' if near else '.'}",
                f"Use a definition of charttool/{DEFINITIONS.name}, or add one.",
            )
        if set(siblings) <= _TEXTS and not annotation.get("nullable"):
            if name not in self.used:
                # A definition may refer to itself.
                self.used[name] = {}
                self.used[name] = self.value(shared[name])
            return {"$ref": f"#/definitions/{name}", **siblings}
        return self.value({**shared[name], **siblings})

    def _inner(self, schema: Schema, annotation: Mapping[str, Any]) -> Schema:
        """Return the schema with all nested schemas translated."""
        result = dict(schema)
        for word in _CONDITIONS & set(schema):
            result[word] = self._condition(schema[word])
        for word in {"anyOf", "oneOf", "allOf"} & set(schema):
            # Next to a type they narrow it; without one they are alternatives for the whole value.
            partial = word == "allOf" or "type" in schema
            result[word] = [self._condition(part) if partial else self.value(part) for part in schema[word]]
        if "array" in _types(schema):
            if "items" not in schema:
                raise AnnotationError("a list without items.", "Describe its items; `items: true` accepts anything.")
            result["items"] = self._open_or(schema["items"])
        if "object" in _types(schema):
            result |= self._object(schema, annotation)
        return result

    def _object(self, schema: Schema, annotation: Mapping[str, Any]) -> Schema:
        if not _OBJECT_KEYWORDS & set(annotation):
            raise AnnotationError(
                "an object without properties.",
                "Set properties, additionalProperties or kubernetes.",
            )
        properties = {name: self._property(name, part) for name, part in schema.get("properties", {}).items()}
        for name in annotation.get("sections", []):
            if name not in self.top_level_keys or name in properties:
                why = "is also declared as a property" if name in properties else "is not a top-level key"
                raise AnnotationError(f"the section {name} {why}.", "List top-level keys, each once.")
            properties[name] = {"$ref": f"#/properties/{name}"}
        result: Schema = {"additionalProperties": self._open_or(schema.get("additionalProperties", False))}
        if properties:
            result["properties"] = properties
        if "patternProperties" in schema:
            result["patternProperties"] = {
                pattern: self._open_or(part) for pattern, part in schema["patternProperties"].items()
            }
        return result

    def _property(self, name: str, annotation: Any) -> Schema:
        if not isinstance(annotation, dict) or not annotation.get("description"):
            raise AnnotationError(f"the property {name} has no description.", "Add `description: …`.")
        return self.value(annotation)

    def _open_or(self, annotation: Any) -> Any:
        return annotation if isinstance(annotation, bool) else self.value(annotation)

    def _condition(self, annotation: Any) -> Any:
        """Translate a subschema that only narrows a value: it needs no type, description or closed properties."""
        if not isinstance(annotation, dict):
            return annotation
        _reject_unknown_keywords(annotation)
        result = dict(annotation)
        if "$ref" in annotation:
            return self.value(annotation)
        for word in (_CONDITIONS | {"items", "additionalProperties"}) & set(annotation):
            result[word] = self._condition(annotation[word])
        for word in {"anyOf", "oneOf", "allOf"} & set(annotation):
            result[word] = [self._condition(part) for part in annotation[word]]
        for word in {"properties", "patternProperties"} & set(annotation):
            result[word] = {name: self._condition(part) for name, part in annotation[word].items()}
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
    """Return the JSON type of a default; empty if it does not determine the type."""
    if isinstance(default, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(default), "")


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return types if isinstance(types, list) else [types]


def _inferred_type(annotation: Mapping[str, Any], typed_by: str) -> str:
    if typed_by:
        return typed_by
    if (_OBJECT_KEYWORDS | {"propertyNames"}) & set(annotation):
        return "object"
    if "items" in annotation:
        return "array"
    raise AnnotationError("the annotation has no type.", "Add `type: …` or a $ref.")


def _reject_siblings(annotation: Mapping[str, Any], word: str, *others: str) -> None:
    extra = set(annotation) - _TEXTS - {word, "modes", "nullable", *others}
    if extra:
        raise AnnotationError(
            f"{', '.join(sorted(extra))} has no effect next to {word}.",
            "Remove it, or write the schema by hand.",
        )


def _reject_unknown_keywords(annotation: Mapping[str, Any]) -> None:
    for keyword in annotation:
        if keyword not in KEYWORDS:
            near = difflib.get_close_matches(keyword, KEYWORDS, n=1)
            raise AnnotationError(
                f"unknown keyword {keyword}{f'; did you mean {near[0]}?' if near else '.'}",
                "Use a keyword of draft-07, or $ref, kubernetes, crd, patch, nullable or sections.",
            )
