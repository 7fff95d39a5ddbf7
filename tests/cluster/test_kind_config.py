"""The kind configuration: its constant parts, and those that depend on the machine."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import settings
from cluster.host import quirks
from cluster.kind import config


@pytest.fixture
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with exactly the quirks of the parameter."""
    for quirk in ("lacks_sys_resource", "has_cgroup_v1"):
        monkeypatch.setattr(quirks, quirk, lambda quirk=quirk: quirk in request.param)


def merged_containerd() -> dict[str, Any]:
    """Return the settings of containerd's CRI plugin in all patches together."""
    merged: dict[str, Any] = {}
    for patch in config.cluster()["containerdConfigPatches"]:
        merged.update(tomllib.loads(patch)["plugins"]["io.containerd.grpc.v1.cri"])
    return merged


def kubeadm() -> dict[str, Any]:
    """Return the kubeadm patches by kind."""
    patches = [yaml.safe_load(patch) for patch in config.cluster()["kubeadmConfigPatches"]]
    return {patch.pop("kind"): patch for patch in patches}


@pytest.mark.parametrize("machine", [()], indirect=True)
@pytest.mark.usefixtures("machine")
def test_machine_without_quirks_gets_two_nodes_without_patches() -> None:
    cluster = config.cluster()
    assert (cluster["kind"], cluster["apiVersion"]) == ("Cluster", "kind.x-k8s.io/v1alpha4")
    assert cluster["name"] == settings.CLUSTER
    assert [node["role"] for node in cluster["nodes"]] == ["control-plane", "worker"]
    assert {node["image"] for node in cluster["nodes"]} == {settings.NODE_IMAGE}
    assert merged_containerd() == {"registry": {"config_path": "/etc/containerd/certs.d"}}
    assert "KubeletConfiguration" not in kubeadm()
    assert kubeadm()["InitConfiguration"] == {"nodeRegistration": {"taints": []}}, (
        "pods must be able to run on both nodes"
    )


@pytest.mark.parametrize(
    ("machine", "expected"),
    [((), False), (("lacks_sys_resource",), True), (("has_cgroup_v1",), False)],
    indirect=["machine"],
)
@pytest.mark.usefixtures("machine")
def test_oom_scores_are_restricted_without_cap_sys_resource(expected: bool) -> None:
    assert ("restrict_oom_score_adj" in merged_containerd()) is expected


@pytest.mark.parametrize(
    ("machine", "expected"),
    [((), False), (("lacks_sys_resource",), False), (("has_cgroup_v1",), True)],
    indirect=["machine"],
)
@pytest.mark.usefixtures("machine")
def test_cgroupfs_driver_is_used_on_cgroup_v1(expected: bool) -> None:
    containerd = merged_containerd().get("containerd")
    kubelet = kubeadm().get("KubeletConfiguration")
    if expected:
        assert containerd == {"runtimes": {"runc": {"options": {"SystemdCgroup": False}}}}
        assert kubelet == {"failCgroupV1": False, "cgroupDriver": "cgroupfs"}
    else:
        assert containerd is None
        assert kubelet is None


@pytest.mark.parametrize("machine", [("lacks_sys_resource", "has_cgroup_v1")], indirect=True)
@pytest.mark.usefixtures("machine")
def test_patches_of_quirks_are_combined() -> None:
    assert set(merged_containerd()) == {"registry", "restrict_oom_score_adj", "containerd"}


def test_registry_of_the_cluster_mirrors_every_registry(sealed: Path) -> None:
    file = config.write()
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert written == config.cluster()
    for node in written["nodes"]:
        (mount,) = node["extraMounts"]
        assert mount["containerPath"] == "/etc/containerd/certs.d"
        assert mount["readOnly"] is True
    hosts = Path(mount["hostPath"])
    assert hosts.is_relative_to(sealed), "the nodes outlive the clone, so their mounts must as well"
    assert sorted(path.name for path in hosts.iterdir()) == ["_default", settings.REGISTRY_ADDRESS]
    for folder in hosts.iterdir():
        mirror = tomllib.loads((folder / "hosts.toml").read_text(encoding="utf-8"))
        assert mirror == {"host": {f"http://{settings.REGISTRY}:5000": {"capabilities": ["pull", "resolve"]}}}
        assert "server" not in mirror, "with `server`, nodes would never pull from the registry in the name"


def test_configuration_is_deterministic() -> None:
    first = config.write().read_text(encoding="utf-8")
    assert config.write().read_text(encoding="utf-8") == first
