"""docs/dashboards.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards import catalog
from dashboards.lint import RULES
from dashboards.reading import read
from devkit import paths
from tests.dashboards.fake_prometheus import plausible, prometheus

GUIDE = (paths.DOCS / "dashboards.md").read_text(encoding="utf-8")
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_every_rule_is_in_the_guide() -> None:
    missing = [rule.__name__ for rule in RULES if f"`{rule.__name__}`" not in GUIDE]
    assert not missing, f"say in docs/dashboards.md why there is: {', '.join(missing)}"


def test_every_dashboard_is_in_the_guide() -> None:
    missing = [path.stem for path, _ in catalog.generated() if f"`{read(path).uid}`" not in GUIDE]
    assert not missing, f"say in docs/dashboards.md what it answers: {', '.join(missing)}"


@pytest.mark.depends_on_files("docs/dashboards.md", "dashboards", "devkit", "charts/monitoring", "tests/dashboards")
def test_the_program_of_the_guide_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [program] = _PYTHON.findall(GUIDE)
    (tmp_path / "charts").symlink_to(paths.REPOSITORY / "charts")
    monkeypatch.chdir(tmp_path)
    with prometheus(plausible) as url:
        exec(compile(program.replace("http://127.0.0.1:9090", url), "docs/dashboards.md", "exec"), {})  # noqa: S102
    said = capsys.readouterr().out
    assert 'Requests A sum(model_version:requests:rate5m{namespace=~"default", model=~"iris", version=~".+"})' in said
    assert said.endswith("() {}\n")
    assert (tmp_path / ".build" / "model-serving-model.png").is_file()
