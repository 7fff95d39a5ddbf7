"""The kind configuration: two nodes, the registry, and the settings that quirks of the machine require."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from cluster import settings
from cluster.host import quirks
from devkit import paths

CRI = 'plugins."io.containerd.grpc.v1.cri"'

# containerd asks this host first for images of any registry, then the registry in the name.
MIRROR = f"""[host."http://{settings.REGISTRY}:5000"]
  capabilities = ["pull", "resolve"]
"""


def write() -> Path:
    """Write the configuration, and the registry hosts folder that the nodes mount; return the path of the former."""
    hosts = registry_hosts()
    for registry in ("_default", settings.REGISTRY_ADDRESS):
        folder = hosts / registry
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts.toml").write_text(MIRROR, encoding="utf-8")
    _file().write_text(_text(), encoding="utf-8")
    return _file()


def is_current() -> bool:
    """Return whether the last cluster was created with the configuration that would be written now."""
    return _file().exists() and _file().read_text(encoding="utf-8") == _text()


def registry_hosts() -> Path:
    """Return the folder with containerd's configuration of registry mirrors."""
    return paths.cache() / "kind" / "certs.d"


def _file() -> Path:
    # In the cache, since the nodes outlive the clone that created them.
    return paths.cache() / "kind" / "cluster.yaml"


def _text() -> str:
    return yaml.safe_dump(cluster(), sort_keys=False)


def cluster() -> dict[str, Any]:
    """Return the cluster in kind's format ``v1alpha4``."""
    mount = {"hostPath": str(registry_hosts()), "containerPath": "/etc/containerd/certs.d", "readOnly": True}
    nodes = [
        {"role": role, "image": settings.NODE_IMAGE, "extraMounts": [mount]} for role in ("control-plane", "worker")
    ]
    return {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": settings.CLUSTER,
        "nodes": nodes,
        "containerdConfigPatches": _containerd(),
        "kubeadmConfigPatches": [_both_nodes_take_pods(), _no_elections(), *_kubelet()],
    }


def _containerd() -> list[str]:
    patches = [f'[{CRI}.registry]\n  config_path = "/etc/containerd/certs.d"\n']
    if quirks.lacks_sys_resource():
        patches.append(f"[{CRI}]\n  restrict_oom_score_adj = true\n")
    if quirks.has_cgroup_v1():
        patches.append(f"[{CRI}.containerd.runtimes.runc.options]\n  SystemdCgroup = false\n")
    return patches


def _both_nodes_take_pods() -> str:
    # Without its taint, the control plane accepts the pods of a drained worker.
    return yaml.safe_dump({"kind": "InitConfiguration", "nodeRegistration": {"taints": []}})


def _no_elections() -> str:
    # Each has one replica. Without leader election the controllers start at once, and the worker, which retries every
    # five seconds, joins about ten seconds sooner.
    alone = {"extraArgs": [{"name": "leader-elect", "value": "false"}]}
    return yaml.safe_dump({"kind": "ClusterConfiguration", "controllerManager": alone, "scheduler": alone})


def _kubelet() -> list[str]:
    if not quirks.has_cgroup_v1():
        return []
    return [yaml.safe_dump({"kind": "KubeletConfiguration", "failCgroupV1": False, "cgroupDriver": "cgroupfs"})]
