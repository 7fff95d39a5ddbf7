"""Differences between machines, why they matter, and how they are handled.

Each quirk is a function that inspects the machine. Workarounds exist only here; `preflight` only rejects machines.
Without /proc (macOS), the engine runs in its own virtual machine, which has none of these quirks.
"""

from __future__ import annotations

from pathlib import Path

CAP_SYS_RESOURCE = 24
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def lacks_sys_resource(status: Path = Path("/proc/self/status")) -> bool:
    """Return whether the bounding set lacks CAP_SYS_RESOURCE.

    Without it, no process can lower an OOM score, not even in a privileged container, and runc fails with
    "can't get final child's PID from pipe: EOF". containerd in the nodes then needs ``restrict_oom_score_adj``.
    """
    if not status.exists():
        return False
    for line in status.read_text(encoding="ascii").splitlines():
        if line.startswith("CapBnd:"):
            return not int(line.split()[1], 16) & (1 << CAP_SYS_RESOURCE)
    return False


def has_cgroup_v1(root: Path = Path("/sys/fs/cgroup")) -> bool:
    """Return whether the machine has cgroup v1 controllers, or a hybrid of v1 and v2.

    The kubelet does not start on cgroup v1 unless ``failCgroupV1`` is false. systemd in the node cannot manage the
    pods' groups there, since it does not own the v1 controllers, so kubelet and containerd use the cgroupfs driver.
    """
    return root.is_dir() and not (root / "cgroup.controllers").exists()


def ca_bundle() -> Path | None:
    """Return the file with the CA certificates that this machine trusts, or None.

    On networks with a TLS-intercepting proxy, builds in containers fail unless they trust the same certificates. Builds
    get the bundle as a secret, so that it never becomes a part of an image.
    """
    return CA_BUNDLE if CA_BUNDLE.exists() else None


def engine_search_path(existing: str) -> str:
    """Return PATH for the engine. Debian keeps iptables in /usr/sbin, which the PATH of a user may lack."""
    parts = existing.split(":")
    return ":".join([*parts, *(extra for extra in ("/usr/sbin", "/sbin") if extra not in parts)])
