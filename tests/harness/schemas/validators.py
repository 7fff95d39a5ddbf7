"""Validators of kinds, compiled on first use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from charttool.structural import MAP_KEYS
from tests.harness.schemas import builtin, custom
from tests.harness.schemas.defaults import fill_defaults
from tests.harness.schemas.lists import MapKeys


class Validator:
    """A compiled schema. It is compiled with only the definitions that it uses, which is faster."""

    def __init__(self, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._schema = schema
        self._compiled = jsonschema_rs.Draft202012Validator(
            {**schema, "$defs": _reachable(schema, definitions)},
            # The same dialect as Go: no look-around, no back-references.
            pattern_options=jsonschema_rs.RegexOptions(),
            validate_formats=True,
            keywords={MAP_KEYS: MapKeys},
        )

    def problems(self, body: Mapping[str, Any]) -> list[str]:
        """Return the path and reason of each error in an object."""
        return [
            f"{'.'.join(map(str, error.instance_path)) or 'the object'}: {error.message}"
            for error in self._compiled.iter_errors(self.prepared(body))
        ]

    def prepared(self, body: Mapping[str, Any]) -> Any:
        """Return the object as the API server validates it."""
        return body


class CustomValidator(Validator):
    """A validator of a custom resource, which first fills in the defaults of the schema."""

    def prepared(self, body: Mapping[str, Any]) -> Any:
        return fill_defaults(body, self._schema)


@cache
def validator(version: str, api_version: str, kind: str) -> Validator:
    """Return the validator of a kind for Kubernetes `version` (major.minor).

    Raises LookupError for a kind that neither Kubernetes nor a custom resource of the catalog serves.
    """
    definitions = builtin.definitions(version)
    own = builtin.schema(version, api_version, kind)
    if own is not None:
        return Validator(own, definitions)
    others = custom.schema(api_version, kind)
    if others is not None:
        return CustomValidator(others, definitions)
    raise LookupError(f"Kubernetes {version} has no {kind} in {api_version}. Remedy: {_remedy(version, kind)}")


def _remedy(version: str, kind: str) -> str:
    available = builtin.served(version, kind) + custom.served(kind)
    if available:
        return f"render one that it serves: {', '.join(available)}."
    return "correct apiVersion and kind, or add the definition to `crds` in cluster/catalog.yaml."


def _reachable(schema: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    needed: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in re.findall(r'"#/\$defs/([^"]+)"', json.dumps(waiting.pop())):
            if name not in needed:
                needed[name] = definitions[name]
                waiting.append(definitions[name])
    return needed
