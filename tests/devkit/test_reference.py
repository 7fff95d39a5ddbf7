"""The pages of docs/reference are generated from the code and up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import cli
from devkit.reference import exit_codes, markdown, metrics, pages, settings


def test_committed_pages_are_up_to_date() -> None:
    stale = [path.name for path in pages.stale()]
    assert not stale, f"run `python -m devkit reference` and commit docs/reference: {stale}"


def test_check_reports_stale_and_unknown_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pages.stale, "__defaults__", (tmp_path,))
    pages.write(tmp_path)
    assert cli.main(["reference", "--check"]) == 0
    (tmp_path / "metrics.md").write_text("changed by hand", encoding="utf-8")
    (tmp_path / "old.md").write_text("", encoding="utf-8")
    assert cli.main(["reference", "--check"]) == 1
    remedy = "not up to date.\n  remedy: Run `python -m devkit reference`.\n"
    assert capsys.readouterr().err == f"{tmp_path / 'metrics.md'}: {remedy}{tmp_path / 'old.md'}: {remedy}"


def test_write_restores_pages_and_removes_unknown_ones(tmp_path: Path) -> None:
    pages.write(tmp_path)
    (tmp_path / "metrics.md").unlink()
    (tmp_path / "old.md").write_text("", encoding="utf-8")
    assert pages.write(tmp_path) == [tmp_path / "metrics.md", tmp_path / "old.md"]
    assert list(pages.stale(tmp_path)) == []


def test_metrics_have_labels_buckets_and_conditional_ones() -> None:
    page = metrics.page()
    assert "| `model_server_requests_total` | counter | `model`, `version`, `protocol`, `code` | " in page
    assert "| `model_server_feature_drift_psi` | gauge | `model`, `version`, `feature` | " in page
    assert "| `model_server_cpu_quota_cores` | gauge |  | " in page
    assert "| `model_server_batch_rows` | 1 2 4 8 " in page


def test_settings_have_flag_variable_default_and_range() -> None:
    assert "| `threads` | `--threads` `MODEL_SERVER_THREADS` | `8` | 1 to 1024 | " in settings.page()


@pytest.mark.parametrize("name", [name for name, _, _ in exit_codes.COMMANDS])
def test_every_command_lists_its_exit_codes(name: str) -> None:
    assert f"## `{name}`\n\n```text\n  0 " in exit_codes.page()


def test_cells_escape_pipes_and_html() -> None:
    assert markdown.table(("a",), [("x | <b> `<c>`\ny",)]) == "| a |\n|---|\n| x \\| &lt;b> `<c>` y |"
