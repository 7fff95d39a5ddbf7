"""Charts that tests derive from another chart: copies with another version or without guards, and an umbrella chart."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.harness.charts import metadata


def with_version(chart: Path, version: str, folder: Path) -> Path:
    """Return a copy of a chart that differs only in its version."""
    copy = shutil.copytree(chart, folder / chart.name)
    file = copy / "Chart.yaml"
    text, count = re.subn(r"^version: .*$", f"version: {version}", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if count != 1:
        raise ValueError(f"{file} has {count} lines that start with version:, must have one")
    file.write_text(text, encoding="utf-8")
    return copy


def umbrella(chart: Path, folder: Path, aliases: tuple[str, ...] = ()) -> Path:
    """Return a chart whose only dependency is `chart`, once per alias, with the condition ALIAS.enabled."""
    parent = folder / "umbrella"
    (parent / "charts").mkdir(parents=True)
    (parent / "charts" / chart.name).symlink_to(chart)
    version = metadata(chart)["version"]
    dependencies = [
        {"name": chart.name, "alias": alias, "version": version, "condition": f"{alias}.enabled"}
        for alias in aliases or (chart.name,)
    ]
    contents = {"apiVersion": "v2", "name": "umbrella", "version": "1.0.0", "dependencies": dependencies}
    (parent / "Chart.yaml").write_text(json.dumps(contents), encoding="utf-8")
    return parent


def without_guards(chart: Path, folder: Path) -> Path:
    """Return a copy of a chart that renders values which its guards would refuse."""
    copy = shutil.copytree(chart, folder / chart.name)
    (copy / "templates/guards/first/guards.yaml").write_text("", encoding="utf-8")
    return copy
