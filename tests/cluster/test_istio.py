"""Istio as it is installed when asked for: the catalog's images, and the switches that other tests use."""

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


def test_its_images_are_those_of_the_catalog_and_have_the_version_of_istioctl() -> None:
    version = versions.get("istio")
    assert set(istio.IMAGES) == {f"registry.istio.io/release/{name}:{version}" for name in ("pilot", "proxyv2")}
    assert f"buildVersion={version}" in catalog.load().program("istioctl").ldflags


def test_the_manifests_name_the_images_of_the_catalog(programs: Path) -> None:
    istioctl = write_program(programs, "istioctl", 'echo "arguments: $*"')
    (arguments,) = re.findall(r"^arguments: (.*)$", istio.manifests(istioctl), re.MULTILINE)
    assert "--set hub=registry.istio.io/release" in arguments
    assert f"--set tag={versions.get('istio')}" in arguments
    assert not {"hub", "tag"} & OPERATOR.keys(), "the version of Istio is in versions.yaml"


def test_the_cluster_and_the_tests_on_the_loopback_address_run_istio_with_the_same_switches() -> None:
    in_cluster = OPERATOR["values"]["pilot"]["env"]
    assert in_cluster.items() <= istiod.SWITCHES.items()
    assert OPERATOR["meshConfig"]["extensionProviders"] == istiod.EXTENSION_PROVIDERS
    assert OPERATOR["values"]["telemetry"]["enabled"] is False, "the metrics of Istio need Istio's own Envoy"
    (ingress,) = OPERATOR["components"]["ingressGateways"]
    assert ingress["label"].items() <= gateway.LABELS.items()
    assert ingress["namespace"] == gateway.NAMESPACE


def test_up_does_not_apply_it() -> None:
    applied = layout.PACKAGE / "addons"
    assert istio.OPERATOR.parent != applied, "`up` applies every file beside its code"


def test_the_namespaces_come_before_what_stands_in_them(programs: Path) -> None:
    istioctl = write_program(programs, "istioctl", "echo 'kind: Deployment'")
    kinds = [each["kind"] for each in yaml.safe_load_all(istio.manifests(istioctl))]
    assert kinds == ["Namespace", "Namespace", "IngressClass", "Deployment"]


@pytest.mark.parametrize("name", istio.DEPLOYMENTS)
def test_every_namespace_that_is_waited_for_is_made(programs: Path, name: str) -> None:
    istioctl = write_program(programs, "istioctl", "echo 'kind: Deployment'")
    made = [each.get("metadata", {}).get("name") for each in yaml.safe_load_all(istio.manifests(istioctl))]
    assert name in made
