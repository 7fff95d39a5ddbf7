"""docs/reference/values.md: where the values of each chart are documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from charttool.chart import charts
from devkit.reference import markdown

_INTRODUCTION = """
The README of a chart lists its values, generated from the comments in `values.yaml`. `values.schema.json` rejects
unknown keys and wrong types at installation; UPGRADING.md lists renamed keys.
"""
_LINKS = (
    ("values", "README.md"),
    ("values.yaml", "values.yaml"),
    ("schema", "values.schema.json"),
    ("renamed keys", "UPGRADING.md"),
)


def page() -> str:
    """Return the page."""
    return markdown.page(
        "Values of the charts",
        "charts/*/Chart.yaml",
        _INTRODUCTION,
        markdown.table(("chart", "description", "values"), _rows()),
    )


def _rows() -> Iterator[tuple[str, str, str]]:
    for chart in charts():
        metadata: dict[str, Any] = yaml.safe_load((chart.folder / "Chart.yaml").read_text(encoding="utf-8"))
        name = chart.folder.name
        links = [f"[{label}](../../charts/{name}/{file})" for label, file in _LINKS if (chart.folder / file).is_file()]
        yield markdown.code(name), str(metadata.get("description", "")), ", ".join(links)
