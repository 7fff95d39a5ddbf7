"""From the schema of a custom resource to a closed JSON Schema.

A CustomResourceDefinition holds a "structural schema" in OpenAPI's dialect. The API server drops what it does not name,
without a word; here that is an error. Followed is the Kubernetes documentation, "Extend the Kubernetes API with
CustomResourceDefinitions".

An object is closed unless it says what else it takes. Below allOf, anyOf, oneOf and not there are only more conditions
on the same object, so nothing is closed there. Not translated: `x-kubernetes-validations`, rules in CEL, which need an
API server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.harness.schemas.builtin import OBJECT_META
from tests.harness.schemas.lists import MAP_KEYS

_KEPT = {
    *("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required", MAP_KEYS),
    # Not for the check itself, but for what comes before it; see defaults.py.
    *("default", "nullable"),
}
# Those that Go and Rust judge alike; the API server ignores what it does not know.
_FORMATS = {"date", "date-time", "email", "ipv4", "ipv6", "uuid"}
_BITS = {"int32": 32, "int64": 64}
_LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_EMBEDDED = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": OBJECT_META}}
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]


def json_schema(openapi: Mapping[str, Any], api_version: str, kind: str) -> dict[str, Any]:
    """The JSON Schema of a whole object, made of its `openAPIV3Schema`. It refers to Kubernetes' ObjectMeta."""
    result = _translated(openapi)
    properties: dict[str, Any] = result.setdefault("properties", {})
    # Whatever the definition says of metadata holds beside what Kubernetes says of it.
    metadata = _translated(openapi.get("properties", {}).get("metadata", {}), closed=False)
    properties |= {
        "apiVersion": {"const": api_version},
        "kind": {"const": kind},
        "metadata": {**metadata, "$ref": OBJECT_META},
    }
    result["required"] = sorted({*result.get("required", []), "apiVersion", "kind", "metadata"})
    return result


def _translated(schema: Mapping[str, Any], closed: bool = True) -> dict[str, Any]:
    result = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get("format") in _FORMATS:
        result["format"] = schema["format"]
    for exclusive, limit in _LIMITS.items():
        # A boolean beside the limit in OpenAPI, the limit itself in JSON Schema.
        if schema.get(exclusive) is True:
            result[exclusive] = result.pop(limit)
    if schema.get("format") in _BITS:
        end = 2 ** (_BITS[schema["format"]] - 1)
        result = {"minimum": -end, "maximum": end - 1, **result}
    if schema.get("x-kubernetes-list-type") == "set":
        result["uniqueItems"] = True
    result |= _of_object(schema, closed)
    if "items" in schema:
        result["items"] = _translated(schema["items"], closed)
    result |= _conditions(schema)
    if schema.get("x-kubernetes-int-or-string"):
        result["type"] = ["integer", "string"]
    return _nullable(result) if schema.get("nullable") else result


def _of_object(schema: Mapping[str, Any], closed: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    properties = {name: _translated(of, closed) for name, of in schema.get("properties", {}).items()}
    if schema.get("x-kubernetes-embedded-resource"):
        properties |= _EMBEDDED
        result["required"] = sorted({*schema.get("required", []), "apiVersion", "kind"})
    if properties:
        result["properties"] = properties
    others = schema.get("additionalProperties", False)
    if isinstance(others, Mapping):
        result["additionalProperties"] = _translated(others, closed)
    elif closed and not others and (schema.get("type") == "object" or properties):
        result["additionalProperties"] = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    return result


def _conditions(schema: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in ("allOf", "anyOf", "oneOf"):
        # How a definition spells out x-kubernetes-int-or-string, which says it already and may be nullable.
        if key in schema and schema[key] != _INT_OR_STRING:
            result[key] = [_translated(each, closed=False) for each in schema[key]]
    if "not" in schema:
        result["not"] = _translated(schema["not"], closed=False)
    return result


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    result = dict(schema)
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        result["type"] = [*types, "null"]
    if "enum" in schema:
        result["enum"] = [*schema["enum"], None]
    return result
