"""What a rendering depends on, and whether Kubernetes takes what comes out: for every values file."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import spec_of
from tests.harness import Case, HelmError, Manifests, render
from tests.harness.schemas import newest_version, problems


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_kubernetes_knows_every_field(manifests: Manifests, given: Case, which: str) -> None:
    version = spec_of(given).oldest_kubernetes if which == "oldest" else newest_version()
    wrong = [f"{manifest}: {text}" for manifest in manifests for text in problems(manifest.body, version)]
    assert not wrong, f"Kubernetes {version} would not take this:\n" + "\n".join(wrong)


def test_the_version_of_kubernetes_makes_no_difference(given: Case) -> None:
    oldest = replace(given, kube_version=f"{spec_of(given).oldest_kubernetes}.0")
    assert render(oldest).text == render(given).text, "a template asks for the version of Kubernetes"


def test_an_older_kubernetes_is_refused(chart_spec: ChartSpec) -> None:
    major, minor = chart_spec.oldest_kubernetes.split(".")
    older = replace(chart_spec.case(), kube_version=f"{major}.{int(minor) - 1}.9")
    wanted = f"chart requires kubeVersion: {chart_spec.metadata['kubeVersion']} which is incompatible"
    with pytest.raises(HelmError, match=re.escape(wanted)):
        render(older)


def test_nothing_that_scales_is_told_how_many_pods_there_are(manifests: Manifests) -> None:
    scaled = {
        (scaler.spec["scaleTargetRef"]["kind"], scaler.spec["scaleTargetRef"]["name"])
        for kind in ("HorizontalPodAutoscaler", "ScaledObject")
        for scaler in manifests.of_kind(kind)
    }
    for kind in ("Deployment", "StatefulSet"):
        for manifest in manifests.of_kind(kind):
            if (kind, manifest.name) in scaled:
                assert "replicas" not in manifest.spec, f"{manifest}: an upgrade would undo what the autoscaler did"
            else:
                assert "replicas" in manifest.spec, f"{manifest}: Kubernetes would give it one pod"


def test_no_object_is_a_hook_of_two_tools(manifests: Manifests) -> None:
    hooks: dict[str, list[str]] = {"helm.sh/hook": [], "argocd.argoproj.io/": []}
    for manifest in manifests:
        for key in manifest.annotations:
            for prefix, found in hooks.items():
                if key.startswith(prefix):
                    found.append(str(manifest))
    assert not (hooks["helm.sh/hook"] and hooks["argocd.argoproj.io/"]), f"Argo CD would leave out Helm's: {hooks}"
