"""Configuration files for the programs that check them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.charts.monitoring.chart import FULLNAME
from tests.harness import Manifests

# The directory of the configuration in Alertmanager's pods.
_PLACE = "/etc/alertmanager/config"


def written(manifests: Manifests, component: str, folder: Path) -> Path:
    """Write the files of a component's ConfigMap to a directory and return it."""
    data: dict[str, Any] = manifests.one("ConfigMap", f"{FULLNAME}-{component}").body["data"]
    written_files(data, folder)
    return folder


def written_files(data: Mapping[str, str], folder: Path) -> None:
    """Write files to a directory."""
    for name, text in data.items():
        # Here the template is next to the file; in the pod it has a fixed path.
        (folder / name).write_text(text.replace(_PLACE, str(folder)), encoding="utf-8")
