"""All dashboards, and the files that they are committed as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import canary, cluster, model, overview, stack
from dashboards.layout import Board
from devkit import paths

FOLDER: Final = paths.CHARTS / "monitoring" / "files" / "dashboards"


def boards() -> tuple[Board, ...]:
    """Every dashboard, as people meet them."""
    return (overview.board(), model.board(), canary.board(), cluster.board(), stack.board())


def generated(folder: Path = FOLDER) -> Iterator[tuple[Path, str]]:
    """Every file with what it should hold. ConfigMaps and people's links know them by name and uid."""
    for board in boards():
        yield folder / f"{board.uid.removeprefix('model-serving-')}.json", written(board)


def written(board: Board) -> str:
    """A dashboard as text, byte for byte the same for the same dashboard."""
    return json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
