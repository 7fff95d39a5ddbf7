"""Values files of a released chart, migrated and rendered by the current one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from charttool.chart import Chart
from charttool.migrate import migrate
from tests.harness import Case, Manifests, render
from tests.harness.manifests import parse
from tests.harness.upgrade.released import Package


def before_and_after(
    released: Package, chart: Path, file: Path, added: Mapping[str, Any] | None = None
) -> tuple[Manifests, Manifests]:
    """Return the objects of a values file in the released chart, and of the migrated file in the current one.

    `added` are values that the current chart requires in addition.
    """
    text = file.read_text(encoding="utf-8")
    migrated = migrate(text, file, *Chart(chart).read()).text
    before, after = Case(released.folder, parse(text)), Case(chart, parse(migrated))
    return render(before.with_values(added or {})), render(after.with_values(added or {}))


def unused_renames(released: Package, chart: Path, since: str) -> set[str]:
    """Return the keys renamed in version ``since`` that no values file of the released chart has."""
    _, renames = Chart(chart).read()
    text = "\n".join(file.read_text(encoding="utf-8") for file in released.values_files)
    return {rename.old for rename in renames if rename.since == since and f"{rename.old.split('.')[-1]}:" not in text}
