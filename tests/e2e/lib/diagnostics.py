"""Diagnostics of a failed test, saved before its namespace is deleted."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cluster.kubectl import kubectl
from devkit import paths

ROOT = paths.BUILD / "e2e-logs"


def collect(test: str, namespace: str) -> Path:
    """Save descriptions, events and logs of the namespace; returns the folder."""
    folder = ROOT / re.sub(r"[^A-Za-z0-9_.-]+", "-", test)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kinds = "all,configmaps,ingresses,persistentvolumeclaims,poddisruptionbudgets,endpointslices"
    _save(folder / "objects.txt", namespace, "get", kinds, "--output=wide")
    _save(folder / "objects.yaml", namespace, "get", kinds, "--output=yaml")
    _save(folder / "describe.txt", namespace, "describe", kinds)
    _save(folder / "events.txt", namespace, "get", "events", "--sort-by=.lastTimestamp", "--output=wide")
    for pod in kubectl("--namespace", namespace, "get", "pods", "--output=name", check=False).split():
        name = pod.rpartition("/")[2]
        _save(folder / f"{name}.log", namespace, "logs", pod, "--all-containers", "--timestamps")
        _save(folder / f"{name}.previous.log", namespace, "logs", pod, "--all-containers", "--previous")
    return folder


def _save(file: Path, namespace: str, *command: str) -> None:
    output = kubectl("--namespace", namespace, *command, check=False)
    # A container that was never restarted has no previous log.
    if output:
        file.write_text(output, encoding="utf-8")
