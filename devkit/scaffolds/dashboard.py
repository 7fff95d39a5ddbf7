"""Scaffold of a dashboard: definition, uid, entry in the catalog, and row in docs/contributing/dashboards.md."""

from __future__ import annotations

import re
from pathlib import Path

from devkit.errors import UserError
from devkit.scaffolds.files import TEMPLATES, fill, insert_after, write_new

NEXT_STEPS = """next steps:
  1. python -m dashboards generate    writes charts/monitoring/files/dashboards/{name}.json
  2. python -m dashboards check       passes; then replace the example panel
  docs/contributing/add-a-dashboard.md has the details."""


def create(root: Path, name: str, description: str) -> tuple[list[Path], str]:
    """Add a dashboard; returns the changed files and the next steps."""
    if not re.fullmatch(r"[a-z][a-z0-9]*", name):
        raise UserError(f"not a dashboard name: {name!r}.", "Use one word of lower-case letters and digits.")
    title, constant, sentence = name.capitalize(), name.upper(), description.rstrip(".")
    words = {"CONSTANT": constant, "TITLE": title, "DESCRIPTION": sentence}
    package = root / "dashboards"
    definition = fill(TEMPLATES / "dashboard" / "definition.py.in", words)
    return [
        write_new(package / "definitions" / f"{name}.py", definition),
        insert_after(package / "links.py", r"^[A-Z]+: Final = \"model-serving-.*\n", _uid(constant, name)),
        insert_after(package / "links.py", r"^UIDS: Final = .*(?=\}\)$)", f", {constant}"),
        insert_after(package / "catalog.py", r"^from dashboards\.definitions import .*", f", {name}"),
        insert_after(package / "catalog.py", r"^        \w+\.dashboard\(\),\n", f"        {name}.dashboard(),\n"),
        insert_after(
            root / "docs" / "contributing" / "dashboards.md",
            r"^\| .* \| `model-serving-.*\n",
            f"| {title} | `model-serving-{name}` | {sentence}. |\n",
        ),
    ], NEXT_STEPS.format(name=name)


def _uid(constant: str, name: str) -> str:
    return f'{constant}: Final = "model-serving-{name}"\n'
