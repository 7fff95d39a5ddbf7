"""The files that programs check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.charts.monitoring.chart import FULLNAME
from tests.harness import Manifests

# Where Alertmanager's pods have what they are told.
_PLACE = "/etc/alertmanager/config"


def written(manifests: Manifests, component: str, folder: Path) -> Path:
    """The files of a component's ConfigMap, in a folder."""
    data: dict[str, Any] = manifests.one("ConfigMap", f"{FULLNAME}-{component}").body["data"]
    for name, text in data.items():
        # Only here is the template beside the file; in the pod, it is at its place.
        (folder / name).write_text(text.replace(_PLACE, str(folder)), encoding="utf-8")
    return folder
