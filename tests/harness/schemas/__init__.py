"""Whether a Kubernetes of a given version, with the custom resources of the catalog, knows every field of an object.

Kubernetes' own schemas are kubernetes-validate's strict ones; those of custom resources are made of the definitions
that `crds` in cluster/catalog.yaml names. All lie on this machine once they were fetched.

What only a real API server can say is not said here: rules in CEL (`x-kubernetes-validations`), what admission
plugins and webhooks refuse, and what Kubernetes checks in Go, such as that a port's name is short. For that there are
the end-to-end tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tests.harness.frozen import canonical
from tests.harness.schemas.builtin import newest_version
from tests.harness.schemas.validators import validator

__all__ = ["newest_version", "problems"]

_known: dict[tuple[str, bytes], tuple[str, ...]] = {}


def problems(body: Mapping[str, Any], version: str) -> list[str]:
    """What Kubernetes `version` (major.minor) would not take of an object: path and reason. Empty is good.

    Raises LookupError for a kind that nobody serves. The same object is looked at once.
    """
    key = (version, hashlib.sha256(canonical(body).encode()).digest())
    if key not in _known:
        _known[key] = tuple(validator(version, str(body["apiVersion"]), str(body["kind"])).problems(body))
    return list(_known[key])
