"""The SecurityContextConstraints "restricted-v2" of OpenShift, as far as they exceed Pod Security "restricted"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.harness.policy import pod_security

# restricted-v2 assigns these from the range of the namespace, which no chart knows.
_ASSIGNED = ("runAsUser", "fsGroup", "seLinuxOptions", "supplementalGroups")


def violations(pod: Mapping[str, Any]) -> list[str]:
    """Return the violations of a pod spec, each with the field and what it must be."""
    return [*pod_security.violations(pod), *_check_assigned(pod)]


def _check_assigned(pod: Mapping[str, Any]) -> Iterator[str]:
    contexts = {"pod": pod.get("securityContext") or {}}
    for section in ("initContainers", "containers"):
        contexts |= {each["name"]: each.get("securityContext") or {} for each in pod.get(section, [])}
    for name, context in contexts.items():
        for field in _ASSIGNED:
            if field in context:
                yield f"{name}: {field} must not be set"
        if (context.get("seccompProfile") or {"type": "RuntimeDefault"})["type"] != "RuntimeDefault":
            yield f"{name}: seccompProfile.type must be RuntimeDefault"
