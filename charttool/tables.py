"""Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable

Row = tuple[str, ...]


def table_of(heads: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *lines, ""])
