"""Pods comply with the SecurityContextConstraints restricted-v2 of OpenShift if the platform assigns the IDs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Case, render
from tests.harness.charts import CHARTS, EXAMPLES
from tests.harness.policy.openshift import violations
from tests.harness.yaml_documents import parse

MODEL = {"model": {"source": {"image": {"reference": "registry.example.org/models/iris:1"}}}}
DOWNLOAD = {"type": "download", "download": {"url": "https://example.org/iris.tar.gz", "sha256": "0" * 64}}
NO_IDS = {"podSecurityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None}}
EXAMPLE = parse((EXAMPLES / "monitoring/openshift.yaml").read_text(encoding="utf-8"))
CASES = {
    "model-server": Case(CHARTS / "model-server", MODEL).with_values({"nginx": {"enabled": True}}),
    "download": Case(CHARTS / "model-server", {"model": {"source": DOWNLOAD}}),
    "monitoring": Case(CHARTS / "monitoring", EXAMPLE).with_values({"adapter": {"enabled": True}}),
}


@pytest.mark.parametrize("values", [{"fixedIds": False}, {"fixedIds": True, **NO_IDS}], ids=["fixedIds", "null"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_pod_complies_without_fixed_ids(case: Case, values: dict[str, Any]) -> None:
    pods = list(render(case.with_values(values)).pod_specs())
    assert pods
    wrong = [f"{manifest}: {text}" for manifest, spec in pods for text in violations(spec)]
    assert not wrong, "violations of restricted-v2:\n" + "\n".join(wrong)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_fixed_ids_violate_the_constraints(case: Case) -> None:
    wrong = [text for _, spec in render(case.with_values({"fixedIds": True})).pod_specs() for text in violations(spec)]
    assert "pod: runAsUser must not be set" in wrong
