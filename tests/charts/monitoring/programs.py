"""The programs that check what is rendered for them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from cluster import tools
from tests.charts.monitoring.chart import FULLNAME
from tests.harness import Manifests

# Where Alertmanager's pods have what they are told.
_PLACE = "/etc/alertmanager/config"


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What a program says."""
    command = [str(tools.ensure(program)), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def written(manifests: Manifests, component: str, folder: Path) -> Path:
    """The files of a component's ConfigMap, in a folder."""
    data: dict[str, Any] = manifests.one("ConfigMap", f"{FULLNAME}-{component}").body["data"]
    for name, text in data.items():
        # Only here is the template beside the file; in the pod, it is at its place.
        (folder / name).write_text(text.replace(_PLACE, str(folder)), encoding="utf-8")
    return folder
