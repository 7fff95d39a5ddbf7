"""CustomResourceDefinitions, and the translation of a custom resource's structural schema into a closed JSON Schema.

A CustomResourceDefinition has a structural schema in OpenAPI's variant of JSON Schema. The API server silently prunes
unknown fields; here they are errors. See "Extend the Kubernetes API with CustomResourceDefinitions" in the Kubernetes
documentation.

Every object is closed unless its schema allows additional properties. Schemas below allOf, anyOf, oneOf and not are
further conditions on the same object, so they stay open. `x-kubernetes-validations` (CEL) is not translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

OBJECT_META = "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
MAP_KEYS = "x-kubernetes-list-map-keys"

_KEPT = {
    *("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required", MAP_KEYS),
    # The API server uses these before validation.
    *("default", "nullable"),
}
# Formats on which Go and Rust agree. The API server ignores formats that it does not know.
_FORMATS = {"date", "date-time", "email", "ipv4", "ipv6", "uuid"}
_BITS = {"int32": 32, "int64": 64}
_LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_EMBEDDED = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": OBJECT_META}}
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]


@dataclass(frozen=True)
class Served:
    """A version of a custom resource that a definition serves, with its structural schema."""

    api_version: str
    kind: str
    # Whether the API server stores objects in this version.
    is_stored: bool
    openapi: Mapping[str, Any]


def _text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


class Loader(yaml.CSafeLoader):
    """The fast loader, which reads a single `=` as a string."""


Loader.add_constructor("tag:yaml.org,2002:value", _text)


def served(content: bytes) -> Iterator[Served]:
    """Yield every version that the CustomResourceDefinitions in a YAML file serve."""
    for document in yaml.load_all(content, Loader=Loader):
        if not document or document["kind"] != "CustomResourceDefinition":
            continue
        spec = document["spec"]
        for version in spec["versions"]:
            if version["served"]:
                yield Served(
                    f"{spec['group']}/{version['name']}",
                    spec["names"]["kind"],
                    version["storage"],
                    version["schema"]["openAPIV3Schema"],
                )


def json_schema(openapi: Mapping[str, Any], api_version: str, kind: str) -> dict[str, Any]:
    """Return the JSON Schema of an object from its `openAPIV3Schema`. It refers to ObjectMeta."""
    result = translate(openapi)
    properties: dict[str, Any] = result.setdefault("properties", {})
    # The definition's conditions on metadata apply in addition to ObjectMeta.
    metadata = translate(openapi.get("properties", {}).get("metadata", {}), closed=False)
    properties |= {
        "apiVersion": {"const": api_version},
        "kind": {"const": kind},
        "metadata": {**metadata, "$ref": OBJECT_META},
    }
    result["required"] = sorted({*result.get("required", []), "apiVersion", "kind", "metadata"})
    return result


def translate(schema: Mapping[str, Any], closed: bool = True) -> dict[str, Any]:
    """Return the JSON Schema of a part of an object."""
    result = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get("format") in _FORMATS:
        result["format"] = schema["format"]
    for exclusive, limit in _LIMITS.items():
        # In OpenAPI a boolean next to the limit, in JSON Schema the limit itself.
        if schema.get(exclusive) is True:
            result[exclusive] = result.pop(limit)
    if schema.get("format") in _BITS:
        end = 2 ** (_BITS[schema["format"]] - 1)
        result = {"minimum": -end, "maximum": end - 1, **result}
    if schema.get("x-kubernetes-list-type") == "set":
        result["uniqueItems"] = True
    result |= _translate_object(schema, closed)
    if "items" in schema:
        result["items"] = translate(schema["items"], closed)
    result |= _translate_conditions(schema)
    if schema.get("x-kubernetes-int-or-string"):
        result["type"] = ["integer", "string"]
    return _nullable(result) if schema.get("nullable") else result


def _translate_object(schema: Mapping[str, Any], closed: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    properties = {name: translate(of, closed) for name, of in schema.get("properties", {}).items()}
    if schema.get("x-kubernetes-embedded-resource"):
        properties |= _EMBEDDED
        result["required"] = sorted({*schema.get("required", []), "apiVersion", "kind"})
    if properties:
        result["properties"] = properties
    others = schema.get("additionalProperties", False)
    if isinstance(others, Mapping):
        result["additionalProperties"] = translate(others, closed)
    elif closed and not others and (schema.get("type") == "object" or properties):
        result["additionalProperties"] = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    return result


def _translate_conditions(schema: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key in ("allOf", "anyOf", "oneOf"):
        # Definitions repeat x-kubernetes-int-or-string this way, without the null that it may allow.
        if key in schema and schema[key] != _INT_OR_STRING:
            result[key] = [translate(each, closed=False) for each in schema[key]]
    if "not" in schema:
        result["not"] = translate(schema["not"], closed=False)
    return result


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    result = dict(schema)
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        result["type"] = [*types, "null"]
    if "enum" in schema:
        result["enum"] = [*schema["enum"], None]
    return result
