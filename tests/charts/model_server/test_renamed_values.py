"""Version 0.3.0 renames values and nothing else: migrated values files of 0.2.0 render the same objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts.migrated_values import before_and_after, unused_renames
from tests.charts.model_server.chart import CHART, METADATA
from tests.harness import Manifests
from tests.harness.upgrade.released import FOLDER, Package

RELEASED = Package(FOLDER / "model-server-0.2.0.tgz")
# A later version may change objects; what breaks or removes them stays with test_upgrade_from_released.py.
pytestmark = pytest.mark.skipif(METADATA["version"] != "0.3.0", reason="only 0.3.0 changes no object")


def objects(manifests: Manifests) -> dict[tuple[str, str], Any]:
    """Every object without the label that holds the chart's version."""

    def without_version(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: without_version(value) for key, value in part.items() if key != "helm.sh/chart"}
        return [without_version(item) for item in part] if isinstance(part, list) else part

    return {(manifest.kind, manifest.name): without_version(manifest.body) for manifest in manifests}


@pytest.mark.parametrize("file", RELEASED.values_files, ids=lambda file: file.stem)
def test_migrated_values_render_the_same_objects(file: Path) -> None:
    before, after = before_and_after(RELEASED, CHART, file)
    assert objects(after) == objects(before)


def test_released_values_files_use_every_renamed_key() -> None:
    unused = unused_renames(RELEASED, CHART, "0.3.0")
    assert not unused, f"add a values file with these keys to {RELEASED.file.with_suffix('')}"
