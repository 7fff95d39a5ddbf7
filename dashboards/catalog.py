"""All dashboards, and the files that they are committed as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.definitions import canary, cluster, model, overview, stack
from dashboards.layout import DashboardSpec
from devkit import paths

FOLDER: Final = paths.CHARTS / "monitoring" / "files" / "dashboards"


def dashboards() -> tuple[DashboardSpec, ...]:
    """Return every dashboard, in the order in which users meet them."""
    return (
        overview.dashboard(),
        model.dashboard(),
        canary.dashboard(),
        cluster.dashboard(),
        stack.dashboard(),
    )


def generated(folder: Path = FOLDER) -> Iterator[tuple[Path, str]]:
    """Yield every file with its content. ConfigMaps and bookmarks depend on the file names and uids."""
    for spec in dashboards():
        yield folder / f"{spec.uid.removeprefix('model-serving-')}.json", render(spec)


def render(spec: DashboardSpec) -> str:
    """Return a dashboard as JSON; the same specification always renders to the same bytes.

    Each panel is on a line of its own, for readable differences. Without indentation the ConfigMap has half the size,
    and Helm renders the chart faster.
    """
    dashboard = json.loads(json.dumps(spec.build(), cls=JSONEncoder, sort_keys=True))
    parts = {name: _compact(value) for name, value in dashboard.items()}
    parts["panels"] = "[\n" + ",\n".join(map(_compact, dashboard["panels"])) + "\n]"
    return "{\n" + ",\n".join(f'"{name}":{part}' for name, part in parts.items()) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
