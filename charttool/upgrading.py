"""The tables of a chart's UPGRADING.md: renamed keys by version."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from charttool.renames import Rename, as_text
from charttool.tables import table_of


def tables(renames: Iterable[Rename]) -> str:
    """Return one table per version, the newest first."""
    newest_first = sorted(renames, key=lambda rename: rename.version, reverse=True)
    parts = [
        f"### {since}\n\n" + table_of(("Old", "New", "Why"), [_row(rename) for rename in group])
        for since, group in groupby(newest_first, lambda rename: rename.since)
    ]
    return "\n" + "\n".join(parts or ["No value has been renamed yet.\n"]) + "\n"


def _row(rename: Rename) -> tuple[str, str, str]:
    empty = '""'
    mapped = ", ".join(f"`{old}` is `{as_text(new) or empty}`" for old, new in rename.values)
    return f"`{rename.old}`", f"`{rename.new}`{f'; {mapped}' if mapped else ''}", rename.why
