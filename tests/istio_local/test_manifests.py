"""The API server accepts the manifests of every chart, and adds no default inside a list without a reason.

tests/harness/schemas has the schemas of custom resources and of Kubernetes. Only the API server itself has the defaults
of Kubernetes' own kinds, which are Go code.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tests.harness import Manifest, charts, render
from tests.harness.frozen import unfreeze
from tests.harness.objects import own
from tests.harness.schemas.defaults import added_in_lists
from tests.istio_local import definitions
from tests.istio_local.mesh_case import MeshCase

# Defaults that the charts leave to the API server: patterns of paths, each with the reason.
UNWRITTEN = {
    r"\w+\.spec\.template\.spec\.(volumes|containers|initContainers)\[\]\..+": "writing them would restart all pods in "
    "an upgrade; Argo CD fills in these defaults on both sides before it compares",
    r"Pod\.spec\.containers\[\]\..+": "the test pod has the same containers as the Job",
    r"NetworkPolicy\.spec\.egress\[\]\.ports\[\]\.protocol": "in rules that users write",
    r"Service\.spec\.ports\[\]\.nodePort": "allocated by the API server",
    r"StatefulSet\.spec\.volumeClaimTemplates\[\]\.status": "not a field that a client may set",
}
# Definitions that the mesh does not have, and charts/model-server and charts/monitoring need.
MORE = ("keda", "prometheus-operator")


def manifests(case: MeshCase) -> list[Manifest]:
    """Return the different objects of all charts and values files."""
    renderings = (render(replace(file.case(), namespace=case.namespace)) for file in charts.all_values_files())
    found = {str(each.body): each for rendering in renderings for each in own(rendering)}
    return [each for each in found.values() if case.mesh.api.serves(str(each.body["apiVersion"]))]


def test_the_api_server_adds_no_default_inside_a_list_without_a_reason(case: MeshCase) -> None:
    definitions.install(case.mesh.api, MORE)
    added = set()
    for manifest in manifests(case):
        case.ensure_namespace(manifest.body["metadata"].get("namespace", case.namespace))
        stored = case.mesh.api.apply(unfreeze(manifest.body), case.namespace, dry_run=True)
        added |= {f"{manifest.kind}.{path}" for path, _ in added_in_lists(manifest.body, stored)}
    unexplained = sorted(path for path in added if not any(re.fullmatch(reason, path) for reason in UNWRITTEN))
    assert not unexplained, f"write these defaults, or give the reason in UNWRITTEN: {unexplained}"
    unused = [pattern for pattern in UNWRITTEN if not any(re.fullmatch(pattern, path) for path in added)]
    assert not unused, f"the API server adds none of these: remove them: {unused}"
