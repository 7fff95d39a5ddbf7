"""Renderings are independent of the cluster and valid for Kubernetes, for every values file."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import spec_of
from tests.charts.judges import refused_by_rules, refused_by_schema, unwritten, versions
from tests.harness import Case, HelmError, Manifests, render


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_objects_match_the_kubernetes_schemas(manifests: Manifests, given: Case, which: str) -> None:
    version = versions(spec_of(given))[which == "newest"]
    wrong = refused_by_schema(manifests, version)
    assert not wrong, f"Kubernetes {version} refuses this:\n" + "\n".join(wrong)


def test_objects_obey_the_rules_of_the_api_server(manifests: Manifests) -> None:
    wrong = refused_by_rules(manifests)
    assert not wrong, "the API server refuses this:\n" + "\n".join(wrong)


def test_defaults_inside_lists_of_custom_resources_are_written(manifests: Manifests) -> None:
    missing = unwritten(manifests)
    assert not missing, "Argo CD would report these as differences; write them:\n" + "\n".join(missing)


def test_rendering_ignores_the_kubernetes_version(given: Case) -> None:
    oldest = replace(given, kube_version=f"{spec_of(given).oldest_kubernetes}.0")
    assert render(oldest).text == render(given).text, "a template depends on the Kubernetes version; let a value decide"


def test_an_older_kubernetes_is_refused(chart_spec: ChartSpec) -> None:
    major, minor = chart_spec.oldest_kubernetes.split(".")
    older = replace(chart_spec.case(), kube_version=f"{major}.{int(minor) - 1}.9")
    wanted = f"chart requires kubeVersion: {chart_spec.metadata['kubeVersion']} which is incompatible"
    with pytest.raises(HelmError, match=re.escape(wanted)):
        render(older)


def test_replicas_are_unset_only_with_an_autoscaler(manifests: Manifests) -> None:
    scaled = {
        (scaler.spec["scaleTargetRef"]["kind"], scaler.spec["scaleTargetRef"]["name"])
        for kind in ("HorizontalPodAutoscaler", "ScaledObject")
        for scaler in manifests.of_kind(kind)
    }
    for kind in ("Deployment", "StatefulSet"):
        for manifest in manifests.of_kind(kind):
            if (kind, manifest.name) in scaled:
                assert "replicas" not in manifest.spec, (
                    f"{manifest}: unset replicas: an upgrade would override the autoscaler"
                )
            else:
                assert "replicas" in manifest.spec, f"{manifest}: set replicas, because the default is one"


def test_hooks_belong_to_one_tool(manifests: Manifests) -> None:
    hooks: dict[str, list[str]] = {"helm.sh/hook": [], "argocd.argoproj.io/": []}
    for manifest in manifests:
        for key in manifest.annotations:
            for prefix, found in hooks.items():
                if key.startswith(prefix):
                    found.append(str(manifest))
    assert not (hooks["helm.sh/hook"] and hooks["argocd.argoproj.io/"]), (
        f"next to its own hooks, Argo CD ignores Helm's: {hooks}"
    )
