"""The configuration that kind is given: what is always in it, and what is in it because of this machine."""

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
    """A machine with the quirks that the parameter names, and no others."""
    for quirk in ("lacks_sys_resource", "has_cgroup_v1"):
        monkeypatch.setattr(quirks, quirk, lambda quirk=quirk: quirk in request.param)


def merged_containerd() -> dict[str, Any]:
    """What containerd's CRI plugin is told, all patches taken together."""
    merged: dict[str, Any] = {}
    for patch in config.cluster()["containerdConfigPatches"]:
        merged.update(tomllib.loads(patch)["plugins"]["io.containerd.grpc.v1.cri"])
    return merged


def kubeadm() -> dict[str, Any]:
    """What kubeadm is told, by kind of configuration."""
    patches = [yaml.safe_load(patch) for patch in config.cluster()["kubeadmConfigPatches"]]
    return {patch.pop("kind"): patch for patch in patches}


@pytest.mark.parametrize("machine", [()], indirect=True)
@pytest.mark.usefixtures("machine")
def test_a_usual_machine_gets_two_nodes_of_the_pinned_image_and_no_patch_but_the_registrys() -> None:
    cluster = config.cluster()
    assert (cluster["kind"], cluster["apiVersion"]) == ("Cluster", "kind.x-k8s.io/v1alpha4")
    assert cluster["name"] == settings.CLUSTER
    assert [node["role"] for node in cluster["nodes"]] == ["control-plane", "worker"]
    assert {node["image"] for node in cluster["nodes"]} == {settings.NODE_IMAGE}
    assert merged_containerd() == {"registry": {"config_path": "/etc/containerd/certs.d"}}
    assert "KubeletConfiguration" not in kubeadm()
    assert kubeadm()["InitConfiguration"] == {"nodeRegistration": {"taints": []}}, "pods may run on both nodes"


@pytest.mark.parametrize(
    ("machine", "expected"),
    [((), False), (("lacks_sys_resource",), True), (("has_cgroup_v1",), False)],
    indirect=["machine"],
)
@pytest.mark.usefixtures("machine")
def test_oom_scores_are_restricted_exactly_where_they_cannot_be_lowered(expected: bool) -> None:
    assert ("restrict_oom_score_adj" in merged_containerd()) is expected


@pytest.mark.parametrize(
    ("machine", "expected"),
    [((), False), (("lacks_sys_resource",), False), (("has_cgroup_v1",), True)],
    indirect=["machine"],
)
@pytest.mark.usefixtures("machine")
def test_kubelet_and_containerd_use_the_cgroupfs_driver_exactly_on_cgroup_version_1(expected: bool) -> None:
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
def test_quirks_add_up() -> None:
    assert set(merged_containerd()) == {"registry", "restrict_oom_score_adj", "containerd"}


def test_every_registry_is_asked_through_the_one_beside_the_cluster(sealed: Path) -> None:
    file = config.write()
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert written == config.cluster()
    for node in written["nodes"]:
        (mount,) = node["extraMounts"]
        assert mount["containerPath"] == "/etc/containerd/certs.d"
        assert mount["readOnly"] is True
    hosts = Path(mount["hostPath"])
    assert hosts.is_relative_to(sealed), "the nodes outlive the clone, so what they mount must, too"
    assert sorted(path.name for path in hosts.iterdir()) == ["_default", settings.REGISTRY_ADDRESS]
    for folder in hosts.iterdir():
        mirror = tomllib.loads((folder / "hosts.toml").read_text(encoding="utf-8"))
        assert mirror == {"host": {f"http://{settings.REGISTRY}:5000": {"capabilities": ["pull", "resolve"]}}}
        assert "server" not in mirror, "with `server` the publisher's registry would no longer be asked"


def test_writing_again_changes_nothing() -> None:
    first = config.write().read_text(encoding="utf-8")
    assert config.write().read_text(encoding="utf-8") == first
