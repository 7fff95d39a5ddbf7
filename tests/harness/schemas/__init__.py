"""Validation of objects against the schemas of a Kubernetes version and of the catalog's custom resources.

The schemas of Kubernetes are the strict ones of kubernetes-validate; those of custom resources come from the
definitions that `crds` in cluster/catalog.yaml names. They are fetched once.

Some checks need a real API server: CEL rules (`x-kubernetes-validations`), admission plugins and webhooks, and rules
that Kubernetes implements in Go, such as the length of a port name. The end-to-end tests cover these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tests.harness.frozen import canonical
from tests.harness.schemas import custom
from tests.harness.schemas.builtin import newest_version
from tests.harness.schemas.defaults import added_in_lists, fill_defaults
from tests.harness.schemas.validators import validator

__all__ = ["newest_version", "problems", "unwritten_defaults"]

_cache: dict[tuple[str, bytes], tuple[str, ...]] = {}


def problems(body: Mapping[str, Any], version: str) -> list[str]:
    """Return the path and reason of each schema error in an object, for Kubernetes `version` (major.minor).

    Raises LookupError for a kind without a schema. Equal objects are validated once.
    """
    key = (version, hashlib.sha256(canonical(body).encode()).digest())
    if key not in _cache:
        _cache[key] = tuple(validator(version, str(body["apiVersion"]), str(body["kind"])).problems(body))
    return list(_cache[key])


def unwritten_defaults(body: Mapping[str, Any]) -> list[str]:
    """Return each default that the definition of a custom resource adds inside a list.

    A list of a custom resource is atomic unless its definition says otherwise, so a tool that applies the manifest on
    the server replaces the whole list. Argo CD with the sync option ServerSideApply compares the result with the stored
    object, without the definition's defaults, and reports it as out of sync after every sync (gitops-engine,
    pkg/diff/diff.go, structuredMergeDiff). It fills in the defaults of Kubernetes' own kinds on both sides of each of
    its comparisons, so those need not be written.
    """
    schema = custom.schema(str(body["apiVersion"]), str(body["kind"]))
    if schema is None:
        return []
    return [f"{path}: {default!r}" for path, default in added_in_lists(body, fill_defaults(body, schema))]
