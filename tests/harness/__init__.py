"""Renders charts without a cluster, and says whether Kubernetes would take what comes out.

`render(Case(chart, values))` answers frozen `Manifests`; see the modules for the rest.
"""

from tests.harness.case import Case, merged
from tests.harness.helm import HelmError, helm_binary
from tests.harness.manifests import Manifest, Manifests
from tests.harness.render import lint, notes, render

__all__ = ["Case", "HelmError", "Manifest", "Manifests", "helm_binary", "lint", "merged", "notes", "render"]
