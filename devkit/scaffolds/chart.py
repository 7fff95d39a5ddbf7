"""Scaffold of a chart: a ConfigMap with validated values, and its tests."""

from __future__ import annotations

import re
from pathlib import Path

from devkit.errors import UserError
from devkit.scaffolds.files import TEMPLATES, write_tree

NEXT_STEPS = """next steps:
  1. python -m charttool generate charts/{name}    writes the schema, the values table and the shared helpers
  2. python -m pytest tests/charts -k {name}       passes; then replace the example step by step
  docs/contributing/add-a-chart.md has the details."""


def create(root: Path, name: str, description: str) -> tuple[list[Path], str]:
    """Write charts/NAME and tests/charts/MODULE; returns the files and the next steps."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UserError(f"not a chart name: {name!r}.", "Use lower-case letters, digits and hyphens.")
    module = name.replace("-", "_")
    words = {"NAME": name, "MODULE": module, "DESCRIPTION": description.rstrip(".")}
    written = write_tree(TEMPLATES / "chart" / "chart", root / "charts" / name, words)
    written += write_tree(TEMPLATES / "chart" / "tests", root / "tests" / "charts" / module, words)
    return written, NEXT_STEPS.format(name=name)
