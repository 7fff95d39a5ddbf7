"""Istio on the cluster: its images, and the settings that it shares with tests/istio_local."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import catalog, layout
from cluster.addons import istio
from devkit import versions
from tests.cluster.fakes import write_program
from tests.istio_local import gateway, istiod

OPERATOR: dict[str, Any] = yaml.safe_load(istio.OPERATOR.read_text(encoding="utf-8"))["spec"]


def test_images_have_the_version_of_istioctl() -> None:
    version = versions.get("istio")
    assert set(istio.IMAGES) == {f"registry.istio.io/release/{name}:{version}" for name in ("pilot", "proxyv2")}
    assert f"buildVersion={version}" in catalog.load().program("istioctl").ldflags


def test_manifests_use_the_images_of_the_catalog(programs: Path) -> None:
    istioctl = write_program(programs, "istioctl", 'echo "arguments: $*"')
    (arguments,) = re.findall(r"^arguments: (.*)$", istio.manifests(istioctl), re.MULTILINE)
    assert "--set hub=registry.istio.io/release" in arguments
    assert f"--set tag={versions.get('istio')}" in arguments
    assert not {"hub", "tag"} & OPERATOR.keys(), "the version of Istio is in versions.yaml"


def test_cluster_and_local_tests_run_istio_with_the_same_settings() -> None:
    in_cluster = OPERATOR["values"]["pilot"]["env"]
    assert in_cluster.items() <= istiod.SWITCHES.items()
    assert OPERATOR["meshConfig"]["extensionProviders"] == istiod.EXTENSION_PROVIDERS
    assert OPERATOR["values"]["telemetry"]["enabled"] is False, "the metrics of Istio need Istio's own Envoy"
    (ingress,) = OPERATOR["components"]["ingressGateways"]
    assert ingress["label"].items() <= gateway.LABELS.items()
    assert ingress["namespace"] == gateway.NAMESPACE


def test_up_does_not_apply_it() -> None:
    applied = layout.PACKAGE / "addons"
    assert istio.OPERATOR.parent != applied, "`up` applies every file of this folder"


def test_manifests_begin_with_the_namespaces(programs: Path) -> None:
    istioctl = write_program(programs, "istioctl", "echo 'kind: Deployment'")
    kinds = [each["kind"] for each in yaml.safe_load_all(istio.manifests(istioctl))]
    assert kinds == ["Namespace", "Namespace", "IngressClass", "Deployment"]


@pytest.mark.parametrize("name", istio.DEPLOYMENTS)
def test_namespaces_with_deployments_are_created(programs: Path, name: str) -> None:
    istioctl = write_program(programs, "istioctl", "echo 'kind: Deployment'")
    made = [each.get("metadata", {}).get("name") for each in yaml.safe_load_all(istio.manifests(istioctl))]
    assert name in made
