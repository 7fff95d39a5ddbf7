"""Minimal Istio objects for one model, for tests that do not use the chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.istio_local.mesh_case import VERSION_LABEL, MeshCase

MODEL = "iris-model-server"


def destination(case: MeshCase, version: str, weight: int | None = None) -> dict[str, Any]:
    """Return a destination of a VirtualService: one version of the model."""
    target = {"destination": {"host": case.fqdn(MODEL), "subset": f"v{version}"}}
    return target if weight is None else {**target, "weight": weight}


def subsets(case: MeshCase, versions: list[str], policy: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a DestinationRule with a subset for each version of the model."""
    found = [{"name": f"v{version}", "labels": {VERSION_LABEL: version}} for version in versions]
    spec = {"host": case.fqdn(MODEL), "subsets": found, **({"trafficPolicy": policy} if policy else {})}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": MODEL},
        "spec": spec,
    }


def routes(case: MeshCase, *rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return a VirtualService for the host of the test, with these rules in order."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": MODEL},
        "spec": {"hosts": [case.host], "gateways": ["gateway"], "http": list(rules)},
    }


def without_retries(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule without Istio's default retries."""
    return {**rule, "retries": {"attempts": 0}}
