"""Every metric that a dashboard may ask for, and who emits it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from devkit import paths
from devkit.errors import UserError

PAGE: Final = paths.DOCS / "monitoring.md"
RULES: Final = paths.CHARTS / "monitoring" / "files" / "rules"
EXPORTERS: Final = Path(__file__).with_name("exporters.yaml")
_ROW: Final = re.compile(r"^\| `(model_server_\w+)(?:\{[^}]*\})?` \| (.*) \|$", re.MULTILINE)
# Rule files hold placeholders of the chart; a line is enough to read a name.
_RECORD: Final = re.compile(r"^\s*-?\s*record:\s*[\"']?([\w:]+)", re.MULTILINE)


@cache
def known() -> frozenset[str]:
    """All of them; raises UserError where a source is missing."""
    return frozenset(of_model_server(PAGE) | recorded(RULES) | of_exporters())


def of_model_server(page: Path) -> set[str]:
    """The table of the design: what rules, dashboards and the server agree on."""
    names: set[str] = set()
    for name, text in _ROW.findall(page.read_text(encoding="utf-8")):
        histogram = text.startswith("histogram")
        names |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if histogram else {name}
    if not names:
        raise UserError(f"{page}: no table of metrics of the model server.", "Bring the table back.")
    return names


def recorded(folder: Path) -> set[str]:
    """What the rules record."""
    names = {
        name for path in sorted(folder.glob("*.yaml")) for name in _RECORD.findall(path.read_text(encoding="utf-8"))
    }
    if not names:
        raise UserError(f"{folder}: no recording rule.", "Check that the rule files are there.")
    return names


def of_exporters() -> set[str]:
    """What programs of others emit."""
    exporters: dict[str, list[str]] = yaml.safe_load(EXPORTERS.read_text(encoding="utf-8"))
    return {name for names in exporters.values() for name in names}
