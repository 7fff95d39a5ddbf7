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
    """Return a dashboard as JSON; the same specification always renders to the same bytes."""
    return json.dumps(spec.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
