"""Each scaffold of ``python -m devkit new`` leads to a repository whose checks pass or say what to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devkit.errors import UserError
from devkit.scaffolds import alert, chart, dashboard
from tests.devkit.scratch import Scratch

pytestmark = pytest.mark.depends_on_files(
    *("app/src", "charts", "charttool", "dashboards", "devkit", "docs", "pyproject.toml", "versions.yaml"),
    *("tests/charts", "tests/conftest.py", "tests/devkit", "tests/harness", "tests/rules"),
)
# In this process instead of in other workers, and without the cache of test results of the copy.
PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "copy")


def test_new_chart_passes_the_tests_of_all_charts(scratch: Scratch) -> None:
    output = scratch.succeed("devkit", "new", "chart", "feature-store", "--description", "Serves features to models.")
    assert "python -m charttool generate charts/feature-store" in output
    scratch.succeed("charttool", "generate", "charts/feature-store")
    scratch.succeed("charttool", "check", "charts/feature-store")
    report = scratch.succeed(*PYTEST, "tests/charts/all_charts", "-k", "feature-store")
    passed = re.search(r"(\d+) passed", report)
    assert passed, report
    assert int(passed[1]) > 30, f"too few tests collected the new chart:\n{report}"


def test_new_alert_has_all_parts_and_tests_name_what_to_fill_in(scratch: Scratch) -> None:
    scratch.succeed("devkit", "new", "alert", "ModelTooOld", "--file", "model-alerts", "--severity", "critical")
    changed = {
        "docs/runbooks/ModelTooOld.md": "# ModelTooOld\n",
        "docs/runbooks/README.md": "| [ModelTooOld](ModelTooOld.md) | critical | TODO when it fires |\n",
        "charts/monitoring/files/rules/model-alerts.yaml": "      - alert: ModelTooOld\n",
        "tests/rules/model-alerts.yaml": "{alertname: ModelTooOld, eval_time: 4m, exp_alerts: []}",
    }
    for name, text in changed.items():
        assert text in (scratch.root / name).read_text(encoding="utf-8"), name
    # The rule, its test and its page fit together; what is left to do is marked.
    scratch.succeed(*PYTEST, "tests/rules", "-k", "(ModelTooOld or list_has or has_a_page) and not todo")
    scratch.succeed(*PYTEST, "tests/rules/test_promtool.py", "-k", "model-alerts or every_rule_file")
    report = scratch.run(*PYTEST, "tests/rules", "-k", "todo")
    assert report.returncode == 1
    for name in ("files/rules/model-alerts.yaml", "rules/model-alerts.yaml", "runbooks/ModelTooOld.md", "README.md"):
        assert re.search(rf"{re.escape(name)}.*TODO", report.stdout), f"{name} is not reported:\n{report.stdout}"


def test_new_dashboard_generates_and_passes_the_linter(scratch: Scratch) -> None:
    output = scratch.succeed("devkit", "new", "dashboard", "costs", "--description", "What the models cost.")
    assert "charts/monitoring/files/dashboards/costs.json" in output
    scratch.succeed("dashboards", "generate")
    scratch.succeed("dashboards", "check")
    assert (scratch.root / "charts/monitoring/files/dashboards/costs.json").is_file()
    scratch.succeed(
        *PYTEST, "tests/dashboards/test_generated.py", "tests/dashboards/test_guide.py", "-k", "not example"
    )


@pytest.mark.parametrize("name", ["Feature", "feature_store", "-feature", "feature-"])
def test_rejects_an_invalid_chart_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a chart name"):
        chart.create(tmp_path, name, "Text.")


@pytest.mark.parametrize("name", ["Model", "modelTooOld", "Model-Too-Old"])
def test_rejects_an_invalid_alert_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not an alert name"):
        alert.create(tmp_path, name, "cluster", "warning")


@pytest.mark.parametrize("name", ["Costs", "model-costs", "1st"])
def test_rejects_an_invalid_dashboard_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a dashboard name"):
        dashboard.create(tmp_path, name, "Text.")


def test_rejects_names_that_are_taken(scratch: Scratch) -> None:
    for arguments in (
        ("chart", "monitoring", "--description", "Text."),
        ("alert", "NodeNotReady", "--file", "cluster"),
        ("dashboard", "stack", "--description", "Text."),
    ):
        process = scratch.run("devkit", "new", *arguments)
        assert process.returncode == 1
        assert re.match(r"error: .*exists\.\nremedy: Choose another name", process.stderr)
