"""Renders charts without a cluster, and says whether Kubernetes would take what comes out.

`render(Case(chart, values))` answers frozen `Manifests`; see the modules for the rest.
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
    """The program that charts are installed with."""
    return HELM4.binary()
