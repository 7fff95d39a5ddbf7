"""Version 0.2.0 renames values and rewords alerts: migrated values files of 0.1.0 render the same objects."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.migrated_values import before_and_after, unused_renames
from tests.charts.monitoring.chart import CHART, METADATA
from tests.harness import Manifests
from tests.harness.upgrade.exceptions import read
from tests.harness.upgrade.released import FOLDER, Package

RELEASED = Package(FOLDER / "monitoring-0.1.0.tgz")
# A later version may change objects; what breaks or removes them stays with test_upgrade_from_released.py.
pytestmark = pytest.mark.skipif(METADATA["version"] != "0.2.0", reason="only 0.2.0 keeps all objects")

# Fields that hold the chart's version, texts for people, or a digest of a configuration that is compared itself.
_IGNORED = {"helm.sh/chart", "summary", "description", "checksum/config"}


def objects(manifests: Manifests) -> dict[tuple[str, str], Any]:
    """Return every object but the dashboards, with YAML files parsed and without the ignored fields."""

    def comparable(part: Any) -> Any:
        if isinstance(part, dict):
            # 0.2.0 writes out the API server's default for the action of a relabeling, which Argo CD reports.
            action = {"action": "replace"} if "targetLabel" in part else {}
            kept = {key: comparable(_parsed(key, value)) for key, value in part.items() if key not in _IGNORED}
            return action | kept
        return [comparable(item) for item in part] if isinstance(part, list) else part

    return {
        (manifest.kind, manifest.name): comparable(manifest.body)
        for manifest in manifests
        if not (manifest.kind == "ConfigMap" and "-dashboard-" in manifest.name)
    }


def _parsed(key: str, value: Any) -> Any:
    if isinstance(value, str) and "{{ define " in value:
        # 0.2.0 removes the empty lines between templates, which were part of titles.
        return re.sub(r"end }}\s+{{ define", "end }}{{ define", value)
    is_file = isinstance(value, str) and key.endswith((".yaml", ".yml"))
    return yaml.safe_load(value) if is_file else value


@pytest.mark.parametrize("file", RELEASED.values_files, ids=lambda file: file.stem)
def test_migrated_values_render_the_same_objects(file: Path) -> None:
    accepted = read(Path(__file__).with_name("upgrade_exceptions.yaml"), RELEASED.version)
    before, after = before_and_after(RELEASED, CHART, file, accepted.values.get(file.name))
    assert objects(after) == objects(before)


def test_released_values_files_use_every_renamed_key() -> None:
    unused = unused_renames(RELEASED, CHART, "0.2.0")
    assert not unused, f"add a values file with these keys to {RELEASED.file.with_suffix('')}"
