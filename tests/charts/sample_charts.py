"""Small charts for tests of the harness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: sample}
data: {value: %s}
"""


def config_map(expression: str) -> str:
    """Return the template of a ConfigMap whose key `value` is the result of a template expression, as JSON."""
    return CONFIG_MAP % f"{{{{ {expression} | toJson | quote }}}}"


def write_chart(
    folder: Path, files: Mapping[str, str], values: Any = None, schema: Any = None, **metadata: Any
) -> Path:
    """Write a chart named after its folder. `files` has the texts by their paths in the chart."""
    contents = {"apiVersion": "v2", "name": folder.name, "version": "1.0.0", **metadata}
    texts = {"Chart.yaml": json.dumps(contents), "values.yaml": json.dumps(values or {}), **files}
    if schema is not None:
        texts["values.schema.json"] = json.dumps(schema)
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
