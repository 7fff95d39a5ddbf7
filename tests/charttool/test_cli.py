"""The commands of ``python -m charttool``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from charttool import cli
from charttool.chart import charts
from devkit import paths
from tests.charttool.sample import README, VALUES, chart

RENAMES = "- {old: count, new: replicas, since: 0.2.0, why: One word.}\n"
UPGRADING = "# Up\n<!-- renames: begin --><!-- renames: end -->\n"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return chart(tmp_path / "sample", renames_yaml=RENAMES, UPGRADING_md=UPGRADING).relative_to(tmp_path)


def test_generate_writes_changed_files(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "sample"]) == 0
    output = capsys.readouterr()
    assert output.err == "wrote sample/values.schema.json\nwrote sample/README.md\nwrote sample/UPGRADING.md\n"
    assert output.out == ""
    assert "| `replicas` | `3` | Number of pods. |" in (sample / "README.md").read_text(encoding="utf-8")
    assert (sample / "README.md").read_text(encoding="utf-8").endswith("<!-- values: end -->\n\nThe end.\n")
    assert "| `count` | `replicas` | One word. |" in (sample / "UPGRADING.md").read_text(encoding="utf-8")
    assert cli.main(["generate", "sample", "--json"]) == 0
    again = capsys.readouterr()
    assert (again.err, json.loads(again.out)) == ("", {"written": []})


def test_check_accepts_generated_files(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", str(sample)]) == 0
    capsys.readouterr()
    assert cli.main(["check", str(sample)]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_reports_stale_files_with_line_and_remedy(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "sample"]) == 0
    capsys.readouterr()
    (sample / "values.schema.json").unlink()
    readme = sample / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("`3`", "`4`"), encoding="utf-8")
    assert cli.main(["check", "sample"]) == 1
    remedy = "\n  remedy: Run `python -m charttool generate`.\n"
    assert capsys.readouterr().err == (
        f"sample/values.schema.json:1: not up to date.{remedy}sample/README.md:16: not up to date.{remedy}"
    )


def test_check_prints_json(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "sample"]) == 0
    (sample / "UPGRADING.md").write_text("", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["check", "sample", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "problems": [
            {
                "file": "sample/UPGRADING.md",
                "line": None,
                "cause": "the markers of the renames are missing.",
                "remedy": "Add the lines `<!-- renames: begin -->` and `<!-- renames: end -->`, each once.",
            }
        ]
    }


def test_check_reports_unused_values(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = sample / "values.yaml"
    values.write_text(VALUES + "# More.\nmore: 1\n", encoding="utf-8")
    assert cli.main(["generate", "sample"]) == 0
    capsys.readouterr()
    assert cli.main(["check", "sample"]) == 1
    assert "no template reads more." in capsys.readouterr().err


def test_generate_skips_only_the_invalid_chart(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart(Path("wrong"), README_md="no place")
    assert cli.main(["generate", "wrong", "sample"]) == 1
    output = capsys.readouterr().err
    assert "wrote sample/README.md\n" in output
    assert output.endswith(
        "wrong/README.md: the markers of the values are missing.\n"
        "  remedy: Add the lines `<!-- values: begin -->` and `<!-- values: end -->`, each once.\n"
    )
    assert not Path("wrong/values.schema.json").exists()
    assert sample.exists()


def test_default_is_every_chart_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paths.REPOSITORY)
    assert Path("charts/model-server") in [found.folder for found in charts()]


def test_rejects_a_directory_without_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["check", str(tmp_path)])
    assert caught.value.code == 2
    assert f"not a chart directory: {tmp_path} has no values.yaml" in capsys.readouterr().err


def test_migrate_values_prints_the_file_and_the_moves(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("count: 4 # enough\nfoo: 1\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml"]) == 0
    output = capsys.readouterr()
    assert output.out == "replicas: 4 # enough\nfoo: 1\n"
    assert output.err == (
        "moved count -> replicas (since 0.2.0)\nmine.yaml: unknown value foo; left unchanged.\n  remedy: Remove it.\n"
    )
    assert Path("mine.yaml").read_text(encoding="utf-8") == "count: 4 # enough\nfoo: 1\n"


def test_migrate_values_rewrites_the_file_with_write(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("count: 4\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 0
    assert Path("mine.yaml").read_text(encoding="utf-8") == "replicas: 4\n"
    assert capsys.readouterr().out == ""
    before = Path("mine.yaml").stat()
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 0
    assert capsys.readouterr().err == "nothing to move\n"
    assert Path("mine.yaml").stat() == before


def test_migrate_values_removes_null(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("count: null\nhosts: []\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 0
    assert Path("mine.yaml").read_text(encoding="utf-8") == "hosts: []\n"
    assert capsys.readouterr().err == "moved count: null, which has no effect on replicas (since 0.2.0)\n"


def test_migrate_values_prints_json(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("iris: {count: 4}\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--under", "iris", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "moved": [{"old": "iris.count", "new": "iris.replicas", "since": "0.2.0"}],
        "unknown": [],
        "written": False,
        "values": "iris: {replicas: 4}\n",
    }


def test_migrate_values_reads_standard_input(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("count: 4 # ä\n".encode())))
    assert cli.main(["migrate-values", str(sample), "-"]) == 0
    assert capsys.readouterr().out == "replicas: 4 # ä\n"


def test_standard_input_cannot_be_rewritten(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["migrate-values", str(sample), "-", "--write"])
    assert caught.value.code == 2
    assert "--write requires a file: standard input cannot be rewritten" in capsys.readouterr().err


def test_migrate_values_writes_nothing_on_conflicts(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("count: 4\nreplicas: 3\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 1
    assert capsys.readouterr() == (
        "",
        "mine.yaml: count and its new name replicas are both set.\n  remedy: Remove count.\n",
    )
    assert Path("mine.yaml").read_text(encoding="utf-8") == "count: 4\nreplicas: 3\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "mine.yaml: No such file or directory.\n  remedy: Check the path.\n"),
        (b"\xff\xfe", "mine.yaml: not UTF-8 text.\n  remedy: Use a values file.\n"),
    ],
)
def test_reports_an_unreadable_file(
    sample: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    if content is not None:
        Path("mine.yaml").write_bytes(content)
    assert cli.main(["migrate-values", str(sample), "mine.yaml"]) == 1
    assert capsys.readouterr().err == message


def test_help_shows_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    output = capsys.readouterr().out
    assert "python -m charttool migrate-values charts/model-server my-values.yaml --write" in output
    assert "exit codes:" in output


def test_sample_readme_has_markers() -> None:
    assert README.count("<!-- values: begin -->") == 1
