"""Helm on the cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster import tools
from devkit import paths
from devkit.process import run

# For --timeout of calls that wait for pods.
WAIT_SECONDS = 300


def helm(*arguments: str | Path, check: bool = True, seconds: float = WAIT_SECONDS + 60) -> str:
    """Run Helm and return its output.

    Raises :class:`devkit.errors.UserError` if it takes longer than ``seconds``, and if it fails unless ``check`` is
    false.
    """
    command = [tools.ensure("helm"), "--kubeconfig", paths.KUBECONFIG, *arguments]
    return run(command, check=check, seconds=seconds).stdout


def set_json(values: Mapping[str, Any]) -> list[str]:
    """Return the arguments that set values of any type, by their keys."""
    return [part for key, value in values.items() for part in ("--set-json", f"{key}={json.dumps(value)}")]
