"""promtool checks the rules: they parse, and alerts fire when they should, and only then.

Promtool's test files are next to this module. Each names its rule files, which are rendered with the defaults of the
chart's values.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cluster import tools
from devkit import rule_files
from tests.rules import promtool_tests


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the rendered rule files, at the path that the test files expect."""
    directory = tmp_path_factory.mktemp("promtool")
    (directory / "rules").mkdir()
    rule_files.write_all(directory / "rules")
    return directory


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool."""
    command = [str(tools.ensure("promtool")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_promtool_accepts_every_rule_file(folder: Path) -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", *sorted((folder / "rules").glob("*.yaml")))
    assert done.returncode == 0, f"correct charts/monitoring/files/rules:\n{done.stdout}{done.stderr}"


@pytest.mark.depends_on_files("tests/rules", "charts/monitoring", "cluster/catalog.yaml", "cluster/go")
@pytest.mark.parametrize("file", promtool_tests.FILES, ids=lambda file: str(file.stem))
def test_alerts_fire_and_stay_silent_as_expected(file: Path, folder: Path) -> None:
    copy = folder / file.name
    copy.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    done = promtool("test", "rules", copy)
    assert done.returncode == 0, (
        f"{file}: correct the rule, or the expectation of the test:\n{done.stdout}{done.stderr}"
    )
