"""kubectl on the cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from cluster import tools
from devkit import paths
from devkit.process import run

# The strictest Pod Security Standard: the API server rejects pods that do not meet it.
RESTRICTED: Mapping[str, str] = {"pod-security.kubernetes.io/enforce": "restricted"}
# istio-init redirects a pod's traffic to its sidecar, which needs a capability that the other standards forbid.
PRIVILEGED: Mapping[str, str] = {"pod-security.kubernetes.io/enforce": "privileged"}


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of a kubectl call, for a process that runs for longer than a call."""
    return [str(part) for part in (tools.ensure("kubectl"), "--kubeconfig", paths.KUBECONFIG, *arguments)]


def kubectl(*arguments: str | Path, stdin: str | None = None, check: bool = True, seconds: float = 120) -> str:
    """Run kubectl and return its output.

    Raises :class:`devkit.errors.UserError` if it takes longer than ``seconds``, and if it fails unless ``check`` is
    false.
    """
    return run(command(*arguments), stdin=stdin, check=check, seconds=seconds).stdout


def ensure_namespace(name: str, labels: Mapping[str, str] = RESTRICTED) -> None:
    """Create the namespace if it does not exist, and set its labels. By default it admits only restricted pods."""
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}
    kubectl("apply", "--filename", "-", stdin=json.dumps(manifest))
