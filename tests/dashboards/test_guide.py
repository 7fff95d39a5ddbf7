"""docs/contributing/dashboards.md is complete and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards import catalog
from dashboards.lint import RULES
from dashboards.model import read
from devkit import paths
from tests.dashboards.fake_prometheus import plausible, prometheus

GUIDE = (paths.DOCS / "contributing" / "dashboards.md").read_text(encoding="utf-8")
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_guide_lists_every_rule() -> None:
    missing = [rule.__name__ for rule in RULES if f"`{rule.__name__}`" not in GUIDE]
    assert not missing, f"explain these rules in docs/contributing/dashboards.md: {', '.join(missing)}"


def test_guide_lists_every_dashboard() -> None:
    missing = [path.stem for path, _ in catalog.generated() if f"`{read(path).uid}`" not in GUIDE]
    assert not missing, f"describe these dashboards in docs/contributing/dashboards.md: {', '.join(missing)}"


@pytest.mark.depends_on_files(
    "docs/contributing/dashboards.md", "dashboards", "devkit", "charts/monitoring", "tests/dashboards"
)
def test_example_of_the_guide_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = _PYTHON.findall(GUIDE)
    (tmp_path / "charts").symlink_to(paths.REPOSITORY / "charts")
    monkeypatch.chdir(tmp_path)
    with prometheus(plausible) as url:
        exec(compile(example.replace("http://127.0.0.1:9090", url), "docs/contributing/dashboards.md", "exec"), {})  # noqa: S102
    output = capsys.readouterr().out
    assert 'Requests A sum(model_version:requests:rate5m{namespace=~"default", model=~"iris", version=~".+"})' in output
    assert output.endswith("() {}\n")
    assert (tmp_path / ".build" / "model-serving-model.png").is_file()
