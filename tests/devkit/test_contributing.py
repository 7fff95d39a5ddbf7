"""The pages of docs/contributing name files that exist, and their steps work in a scratch copy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from devkit import paths
from tests.devkit.scratch import Scratch

PAGES = sorted((paths.DOCS / "contributing").glob("*.md"))
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"\.venv/bin/python -m ((?:charttool|dashboards|devkit) .*)")
FOLDERS = ("app", "changes", "charts", "charttool", "cluster", "dashboards", "devkit", "docs", "examples", "tests")
# A path from the root of the repository, in inline code; it may have an asterisk.
NAMED = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./*-]*)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")

recipe = pytest.mark.depends_on_files(
    *("app/src", "charts", "charttool", "dashboards", "devkit", "docs", "pyproject.toml", "versions.yaml"),
    *("tests/devkit", "tests/rules"),
)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "copy")


def text_of(name: str) -> str:
    return (paths.DOCS / "contributing" / name).read_text(encoding="utf-8")


def example(name: str) -> str:
    """Return the Python example of a page, without the indentation of its list item."""
    [block] = [text for language, text in BLOCK.findall(text_of(name)) if language == "python"]
    return "".join(line.removeprefix("   ") for line in block.splitlines(keepends=True))


def indented(text: str, columns: int) -> str:
    return "".join(f"{' ' * columns}{line}" for line in text.splitlines(keepends=True))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_named_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [name for name in NAMED.findall(BLOCK.sub("", text)) if not list(paths.REPOSITORY.glob(name.rstrip("/")))]
    missing += [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert not missing, f"{page}: correct the names of {missing}"


@recipe
def test_add_a_metric(scratch: Scratch) -> None:
    file = scratch.root / "app/src/model_server/observability/metrics.py"
    text = file.read_text(encoding="utf-8")
    place = "        self.request_slots = Gauge("
    assert text.count(place) == 1
    file.write_text(text.replace(place, indented(example("add-a-metric.md"), 8) + place), encoding="utf-8")
    scratch.succeed("devkit", "reference")
    page = (scratch.root / "docs/reference/metrics.md").read_text(encoding="utf-8")
    assert "| `model_server_rejected_rows_total` | counter | `model`, `version` | Rows of requests that failed " in page
    check = "from dashboards.lint import metrics; assert 'model_server_rejected_rows_total' in metrics.known()"
    (scratch.root / "check_metric.py").write_text(check, encoding="utf-8")
    scratch.succeed("check_metric")


@recipe
def test_add_a_dashboard_panel(scratch: Scratch) -> None:
    file = scratch.root / "dashboards/definitions/model.py"
    text = file.read_text(encoding="utf-8")
    added = indented(example("add-a-dashboard-panel.md").rstrip("\n") + ",\n", 8)
    place = '        timeseries(\n            PanelOptions("Predictions by version"'
    assert text.count(place) == 1
    file.write_text(text.replace(place, added + place), encoding="utf-8")
    scratch.succeed("dashboards", "generate")
    scratch.succeed("dashboards", "check")
    dashboard = json.loads((scratch.root / "charts/monitoring/files/dashboards/model.json").read_text(encoding="utf-8"))
    assert "Batch rows p95" in [panel["title"] for panel in dashboard["panels"]]


@recipe
def test_change_a_default(scratch: Scratch) -> None:
    values = scratch.root / "charts/monitoring/values.yaml"
    text = values.read_text(encoding="utf-8")
    assert text.count("highCpuUsageRatio: 0.8\n") == 1
    values.write_text(text.replace("highCpuUsageRatio: 0.8\n", "highCpuUsageRatio: 0.7\n"), encoding="utf-8")
    for tool in ("charttool", "dashboards"):
        assert scratch.run(tool, "check").returncode == 1, f"{tool} check does not notice the new default"
    for command in COMMAND.findall(text_of("change-a-default.md")):
        scratch.succeed(*command.strip("`., ").partition("`")[0].split())
    for check in (("charttool", "check"), ("dashboards", "check"), ("devkit", "reference", "--check")):
        scratch.succeed(*check)
    assert "`thresholds.highCpuUsageRatio` | `0.7`" in (scratch.root / "charts/monitoring/README.md").read_text("utf-8")


@pytest.mark.parametrize("kind", ["chart", "alert", "dashboard"])
def test_scaffold_commands_of_the_pages_are_those_that_tests_run(kind: str) -> None:
    name = f"add-an-{kind}.md" if kind == "alert" else f"add-a-{kind}.md"
    [command] = [line for line in COMMAND.findall(text_of(name)) if line.startswith("devkit new")]
    assert command.startswith(f"devkit new {kind} "), "tests/devkit/test_scaffolds.py follows this page"
