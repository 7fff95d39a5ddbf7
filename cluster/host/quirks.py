"""Where a machine differs from the usual one, why that matters, and what is done about it.

Each quirk is one function that looks at the machine. Nothing else in `cluster` works around a machine;
`preflight` only refuses one. Where there is no /proc, the engine runs in a virtual machine of its own, a
usual one.
"""

from __future__ import annotations

from pathlib import Path

CAP_SYS_RESOURCE = 24
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def lacks_sys_resource(status: Path = Path("/proc/self/status")) -> bool:
    """Whether the bounding set lacks CAP_SYS_RESOURCE.

    Without it nobody may lower an OOM score, not even in a privileged container: runc then ends with
    "can't get final child's PID from pipe: EOF". containerd in the node must therefore be told
    ``restrict_oom_score_adj``.
    """
    if not status.exists():
        return False
    for line in status.read_text(encoding="ascii").splitlines():
        if line.startswith("CapBnd:"):
            return not int(line.split()[1], 16) & (1 << CAP_SYS_RESOURCE)
    return False


def has_cgroup_v1(root: Path = Path("/sys/fs/cgroup")) -> bool:
    """Whether the resource controllers are those of cgroup v1 (or hybrid).

    The kubelet refuses to start on cgroup v1 unless ``failCgroupV1`` is false. And systemd in the node, which
    would have to manage the pods' groups, does not see the v1 controllers as its own: the cgroupfs driver is
    used instead, by kubelet and containerd alike.
    """
    return root.is_dir() and not (root / "cgroup.controllers").exists()


def ca_bundle() -> Path | None:
    """The certificates that this machine trusts.

    A network may present certificates of its own; a build in a container then fails unless it trusts what the
    machine trusts. The bundle is handed to builds as a secret, so it never becomes part of an image.
    """
    return CA_BUNDLE if CA_BUNDLE.exists() else None


def engine_search_path(existing: str) -> str:
    """PATH for the engine: Debian keeps iptables in /usr/sbin, which a user's PATH may lack."""
    parts = existing.split(":")
    return ":".join([*parts, *(extra for extra in ("/usr/sbin", "/sbin") if extra not in parts)])
