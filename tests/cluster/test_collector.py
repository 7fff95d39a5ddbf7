"""The OpenTelemetry Collector: its manifest, its configuration and its compiled components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from cluster import catalog, layout, registry, tools
from cluster.addons import collector, istio
from cluster.console import Console
from devkit import paths
from tests.cluster.fakes import write_program

GROUP = layout.GO_GROUPS / "tracing"
RECIPE = layout.RECIPES / "opentelemetry-collector"
KINDS = ("receiver", "processor", "exporter", "extension")
QUIET = Console(quiet=True)


def objects_of_the_manifest() -> dict[str, dict[str, Any]]:
    """Return the objects of the manifest by kind; there is one of each."""
    everything = list(yaml.safe_load_all(collector.MANIFEST.read_text(encoding="utf-8")))
    return {each["kind"]: each for each in everything}


OBJECTS = objects_of_the_manifest()
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]["spec"]
CONFIGURATIONS = {
    "manifest": OBJECTS["ConfigMap"]["data"]["config.yaml"],
    "recipe": (RECIPE / "config.yaml").read_text(encoding="utf-8"),
}


@pytest.fixture
def kubectl_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the arguments of each kubectl call, one call per line. There is no cluster."""
    calls = tmp_path / "calls"
    kubectl = write_program(tmp_path / "tools", "kubectl", f'echo "$*" >>{calls}')
    monkeypatch.setattr(tools, "ensure", lambda *_: kubectl)
    return calls


def compiled() -> Iterator[str]:
    """Yield the components of the program by the names of their packages."""
    source = (GROUP / "otelcol" / "components.go").read_text(encoding="utf-8")
    yield from re.findall(r"\b(\w+)\.NewFactory\(\)", source)


def test_manifest_and_module_have_the_version_of_the_image() -> None:
    (container,) = POD["containers"]
    assert container["image"] == collector.IMAGE, "bump the version with `make bump`"
    assert catalog.load().has_image(collector.IMAGE), f"add {collector.IMAGE} to catalog.yaml"
    lock = (GROUP / "go.mod").read_text(encoding="utf-8")
    for module in ("go.opentelemetry.io/collector/otelcol", "exporter/fileexporter"):
        (version,) = re.findall(rf"{module} v(\S+)$", lock, re.MULTILINE)
        assert collector.IMAGE.endswith(f":{version}"), (
            f"{module} is {version} in go.mod, but the tag of the image differs"
        )


@pytest.mark.parametrize("where", CONFIGURATIONS)
def test_configurations_use_only_compiled_components(where: str) -> None:
    configuration = yaml.safe_load(CONFIGURATIONS[where])
    named = {
        f"{name.partition('/')[0].replace('_', '')}{kind}"
        for kind in KINDS
        for name in configuration.get(f"{kind}s", {})
    }
    assert {"otlpreceiver", "batchprocessor"} <= named
    missing = named - set(compiled())
    assert not missing, f"add these to {GROUP}/otelcol/components.go: {sorted(missing)}"


def test_istio_sends_spans_to_the_collector() -> None:
    operator = yaml.safe_load(istio.OPERATOR.read_text(encoding="utf-8"))["spec"]
    (provider,) = operator["meshConfig"]["extensionProviders"]
    service = OBJECTS["Service"]
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    assert provider["opentelemetry"]["service"] == f"{name}.{namespace}.svc.cluster.local"
    assert provider["opentelemetry"]["port"] in [port["port"] for port in service["spec"]["ports"]]


def test_service_ports_reach_the_receivers_and_name_the_protocol() -> None:
    ports = {port["name"]: port for port in OBJECTS["Service"]["spec"]["ports"]}
    listening = {port["name"]: port["containerPort"] for port in POD["containers"][0]["ports"]}
    protocols = yaml.safe_load(CONFIGURATIONS["manifest"])["receivers"]["otlp"]["protocols"]
    for protocol in ("grpc", "http"):
        port = ports[f"{protocol}-otlp"]
        assert protocols[protocol]["endpoint"] == f"0.0.0.0:{listening[port['targetPort']]}"
    labels = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert OBJECTS["Service"]["spec"]["selector"].items() <= labels.items()


def test_spans_are_written_to_the_log() -> None:
    configuration = yaml.safe_load(CONFIGURATIONS["manifest"])
    assert configuration["exporters"]["file"]["path"] == "/dev/stdout", "`kubectl logs` is how tests read spans"
    assert configuration["service"]["pipelines"]["traces"]["exporters"] == ["file"]


def test_pod_is_restricted_and_runs_as_the_user_of_the_image() -> None:
    user = f"{POD['securityContext']['runAsUser']}:{POD['securityContext']['runAsGroup']}"
    assert f"\nUSER {user}\n" in (RECIPE / "Dockerfile").read_text(encoding="utf-8")
    labels = OBJECTS["Namespace"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_up_does_not_apply_it() -> None:
    assert collector.MANIFEST.parent != layout.PACKAGE / "addons", "`up` applies every file of this folder"


def test_install_loads_the_image_then_applies_and_waits(kubectl_calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_engine: object, _images: object, name: str, _console: object) -> str:
        assert not kubectl_calls.exists(), "the nodes need the image when the pod is created"
        loaded.append(name)
        return name

    loaded: list[str] = []
    monkeypatch.setattr(registry, "load", load)
    unused: Any = object()
    collector.install(unused, unused, QUIET)
    assert loaded == [collector.IMAGE]
    apply, wait = kubectl_calls.read_text(encoding="utf-8").splitlines()
    assert apply.startswith(f"--kubeconfig {paths.KUBECONFIG} apply --server-side")
    assert apply.endswith(str(collector.MANIFEST))
    deployment = OBJECTS["Deployment"]["metadata"]
    assert f"--namespace {deployment['namespace']} rollout status deployment/{deployment['name']} " in wait


def test_remove_deletes_the_manifest_and_builds_nothing(kubectl_calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object) -> NoReturn:
        pytest.fail("removing the collector needs no image")

    monkeypatch.setattr(registry, "load", load)
    collector.remove(QUIET)
    (delete,) = kubectl_calls.read_text(encoding="utf-8").splitlines()
    assert " delete --ignore-not-found " in delete, "deleting objects that are gone must succeed"
    assert delete.endswith(str(collector.MANIFEST))
