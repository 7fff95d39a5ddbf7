"""The commands: what they write, print and answer."""

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


def test_generate_writes_what_differs_and_says_so(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "sample"]) == 0
    said = capsys.readouterr()
    assert said.err == "wrote sample/values.schema.json\nwrote sample/README.md\nwrote sample/UPGRADING.md\n"
    assert said.out == ""
    assert "| `replicas` | `3` | Number of pods. |" in (sample / "README.md").read_text(encoding="utf-8")
    assert (sample / "README.md").read_text(encoding="utf-8").endswith("<!-- values: end -->\n\nThe end.\n")
    assert "| `count` | `replicas` | One word. |" in (sample / "UPGRADING.md").read_text(encoding="utf-8")
    assert cli.main(["generate", "sample", "--json"]) == 0
    again = capsys.readouterr()
    assert (again.err, json.loads(again.out)) == ("", {"written": []})


def test_check_says_nothing_of_what_was_generated(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", str(sample)]) == 0
    capsys.readouterr()
    assert cli.main(["check", str(sample)]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_names_every_difference_with_file_line_and_remedy(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["generate", "sample"]) == 0
    capsys.readouterr()
    (sample / "values.schema.json").unlink()
    readme = sample / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("`3`", "`4`"), encoding="utf-8")
    assert cli.main(["check", "sample"]) == 1
    remedy = "\n  remedy: Call `python -m charttool generate`.\n"
    assert capsys.readouterr().err == (
        f"sample/values.schema.json:1: not as its source says.{remedy}"
        f"sample/README.md:16: not as its source says.{remedy}"
    )


def test_check_answers_programs_too(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "sample"]) == 0
    (sample / "UPGRADING.md").write_text("", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["check", "sample", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "problems": [
            {
                "file": "sample/UPGRADING.md",
                "line": None,
                "cause": "no place for the renames.",
                "remedy": "Add the lines `<!-- renames: begin -->` and `<!-- renames: end -->`, each once.",
            }
        ]
    }


def test_check_finds_values_that_no_template_reads(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = sample / "values.yaml"
    values.write_text(VALUES + "# More.\nmore: 1\n", encoding="utf-8")
    assert cli.main(["generate", "sample"]) == 0
    capsys.readouterr()
    assert cli.main(["check", "sample"]) == 1
    assert "no template reads more." in capsys.readouterr().err


def test_a_chart_with_a_mistake_is_not_written_at_all_and_the_next_one_is(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart(Path("wrong"), README_md="no place")
    assert cli.main(["generate", "wrong", "sample"]) == 1
    said = capsys.readouterr().err
    assert "wrote sample/README.md\n" in said
    assert said.endswith(
        "wrong/README.md: no place for the values.\n"
        "  remedy: Add the lines `<!-- values: begin -->` and `<!-- values: end -->`, each once.\n"
    )
    assert not Path("wrong/values.schema.json").exists()
    assert sample.exists()


def test_without_a_chart_all_of_the_repository_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paths.REPOSITORY)
    assert Path("charts/model-server") in [found.folder for found in charts()]


def test_a_folder_without_values_is_no_chart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["check", str(tmp_path)])
    assert caught.value.code == 2
    assert f"{tmp_path} is no folder of a chart: it holds no values.yaml" in capsys.readouterr().err


def test_migrate_values_prints_the_file_and_says_what_it_moved(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.yaml").write_text("count: 4 # enough\nfoo: 1\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml"]) == 0
    said = capsys.readouterr()
    assert said.out == "replicas: 4 # enough\nfoo: 1\n"
    assert said.err == (
        "moved count -> replicas (since 0.2.0)\n"
        "mine.yaml: foo is no value of the chart; it was left as it is.\n  remedy: Take it out.\n"
    )
    assert Path("mine.yaml").read_text(encoding="utf-8") == "count: 4 # enough\nfoo: 1\n"


def test_migrate_values_rewrites_the_file_where_asked(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("count: 4\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 0
    assert Path("mine.yaml").read_text(encoding="utf-8") == "replicas: 4\n"
    assert capsys.readouterr().out == ""
    before = Path("mine.yaml").stat()
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 0
    assert capsys.readouterr().err == "nothing to move\n"
    assert Path("mine.yaml").stat() == before


def test_migrate_values_says_that_null_is_taken_out(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("count: null\nhosts: []\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 0
    assert Path("mine.yaml").read_text(encoding="utf-8") == "hosts: []\n"
    assert capsys.readouterr().err == "moved count out: it is null, which sets no replicas (since 0.2.0)\n"


def test_migrate_values_answers_programs_too(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
    assert "--write needs a file: standard input cannot be written to" in capsys.readouterr().err


def test_migrate_values_writes_nothing_where_a_person_must_decide(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.yaml").write_text("count: 4\nreplicas: 3\n", encoding="utf-8")
    assert cli.main(["migrate-values", str(sample), "mine.yaml", "--write"]) == 1
    assert capsys.readouterr() == (
        "",
        "mine.yaml: count and replicas are both set: they are one value.\n  remedy: Take count out.\n",
    )
    assert Path("mine.yaml").read_text(encoding="utf-8") == "count: 4\nreplicas: 3\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "mine.yaml: No such file or directory.\n  remedy: Check the path.\n"),
        (b"\xff\xfe", "mine.yaml: no UTF-8 text.\n  remedy: Name a file of values.\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    sample: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    if content is not None:
        Path("mine.yaml").write_bytes(content)
    assert cli.main(["migrate-values", str(sample), "mine.yaml"]) == 1
    assert capsys.readouterr().err == message


def test_the_help_shows_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert "python -m charttool migrate-values charts/model-server my-values.yaml --write" in said
    assert "exit codes:" in said


def test_the_sample_has_a_place_for_its_values() -> None:
    assert README.count("<!-- values: begin -->") == 1
