"""The rules, by the program that runs them: they parse, they fire, and they stay silent.

Beside this module are promtool's own test files. Each names the rule files it is about, which hold the defaults of the
chart's values here.
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
    """The rule files as Prometheus reads them, in the folder that the test files name."""
    made = tmp_path_factory.mktemp("promtool")
    (made / "rules").mkdir()
    rule_files.write_all(made / "rules")
    return made


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What promtool says."""
    command = [str(tools.ensure("promtool")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_rule_file_is_one_that_prometheus_takes(folder: Path) -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", *sorted((folder / "rules").glob("*.yaml")))
    assert done.returncode == 0, f"correct charts/monitoring/files/rules:\n{done.stdout}{done.stderr}"


@pytest.mark.depends_on_files("tests/rules", "charts/monitoring", "cluster/catalog.yaml", "cluster/go")
@pytest.mark.parametrize("file", promtool_tests.FILES, ids=lambda file: str(file.stem))
def test_alerts_fire_and_stay_silent_as_written(file: Path, folder: Path) -> None:
    copy = folder / file.name
    copy.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    done = promtool("test", "rules", copy)
    assert done.returncode == 0, (
        f"{file}: correct the rule, or what the test expects of it:\n{done.stdout}{done.stderr}"
    )
