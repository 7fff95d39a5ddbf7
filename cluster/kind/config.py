"""The configuration that kind is given: two nodes, the registry, and what this machine's quirks ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from cluster import paths, settings
from cluster.host import quirks

CERTIFICATES = paths.BUILD / "kind" / "certs.d"
FILE = paths.BUILD / "kind" / "cluster.yaml"
CRI = 'plugins."io.containerd.grpc.v1.cri"'

# containerd asks this host first, whatever registry an image is named after, and then that registry itself.
MIRROR = f"""[host."http://{settings.REGISTRY}:5000"]
  capabilities = ["pull", "resolve"]
"""


def write() -> Path:
    """Write the configuration and the folder of registry hosts that the nodes mount; returns its path."""
    for registry in ("_default", settings.REGISTRY_ADDRESS):
        folder = CERTIFICATES / registry
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts.toml").write_text(MIRROR, encoding="utf-8")
    FILE.write_text(yaml.safe_dump(cluster(), sort_keys=False), encoding="utf-8")
    return FILE


def cluster() -> dict[str, Any]:
    """The cluster as kind's ``v1alpha4`` describes it."""
    mount = {"hostPath": str(CERTIFICATES), "containerPath": "/etc/containerd/certs.d", "readOnly": True}
    nodes = [
        {"role": role, "image": settings.NODE_IMAGE, "extraMounts": [mount]} for role in ("control-plane", "worker")
    ]
    return {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": settings.CLUSTER,
        "nodes": nodes,
        "containerdConfigPatches": _containerd(),
        "kubeadmConfigPatches": _kubelet(),
    }


def _containerd() -> list[str]:
    patches = [f'[{CRI}.registry]\n  config_path = "/etc/containerd/certs.d"\n']
    if quirks.lacks_sys_resource():
        patches.append(f"[{CRI}]\n  restrict_oom_score_adj = true\n")
    if quirks.has_cgroup_v1():
        patches.append(f"[{CRI}.containerd.runtimes.runc.options]\n  SystemdCgroup = false\n")
    return patches


def _kubelet() -> list[str]:
    if not quirks.has_cgroup_v1():
        return []
    return [yaml.safe_dump({"kind": "KubeletConfiguration", "failCgroupV1": False, "cgroupDriver": "cgroupfs"})]
