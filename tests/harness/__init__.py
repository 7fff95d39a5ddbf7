"""Renders charts without a cluster and checks whether Kubernetes would accept the result.

`render(Case(chart, values))` returns immutable `Manifests`; the other modules check them.
"""

from pathlib import Path

from tests.harness.backends import HELM3, HELM4, SDK, HelmError
from tests.harness.case import Case, merged
from tests.harness.manifests import Manifest, Manifests
from tests.harness.render import argo, lint, notes, render

__all__ = [
    "HELM3",
    "HELM4",
    "SDK",
    "Case",
    "HelmError",
    "Manifest",
    "Manifests",
    "argo",
    "helm_binary",
    "lint",
    "merged",
    "notes",
    "render",
]


def helm_binary() -> Path:
    """Return the path of the `helm` program that users install charts with."""
    return HELM4.binary()
