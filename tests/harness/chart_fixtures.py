"""Charts that tests make of a chart: the same under another version, and an umbrella over it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.harness.charts import metadata


def with_version(chart: Path, version: str, folder: Path) -> Path:
    """A copy of a chart that differs in its version alone."""
    copy = shutil.copytree(chart, folder / chart.name)
    file = copy / "Chart.yaml"
    text, count = re.subn(r"^version: .*$", f"version: {version}", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if count != 1:
        raise ValueError(f"{file} has {count} lines that begin with version:, one is needed")
    file.write_text(text, encoding="utf-8")
    return copy


def umbrella(chart: Path, folder: Path, aliases: tuple[str, ...] = ()) -> Path:
    """A chart that has nothing but `chart` below it, once or once for each alias, switched by ALIAS.enabled."""
    made = folder / "umbrella"
    (made / "charts").mkdir(parents=True)
    (made / "charts" / chart.name).symlink_to(chart)
    version = metadata(chart)["version"]
    dependencies = [
        {"name": chart.name, "alias": alias, "version": version, "condition": f"{alias}.enabled"}
        for alias in aliases or (chart.name,)
    ]
    described = {"apiVersion": "v2", "name": "umbrella", "version": "1.0.0", "dependencies": dependencies}
    (made / "Chart.yaml").write_text(json.dumps(described), encoding="utf-8")
    return made
