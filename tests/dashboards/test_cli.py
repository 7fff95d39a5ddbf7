"""The commands: what they write, print and answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dashboards import catalog, cli
from devkit import paths
from tests.dashboards.fake_prometheus import nothing, plausible, prometheus, refusal

# Most draw.
pytestmark = pytest.mark.depends_on_files(
    "dashboards", "devkit", "charts/monitoring", "docs/monitoring.md", "tests/dashboards"
)


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    place = str(tmp_path / "dashboards")
    assert cli.main(["generate", "--folder", place]) == 0
    capsys.readouterr()
    return place


def test_generate_writes_what_differs_removes_what_no_module_writes_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    assert cli.main(["generate", "--folder", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr()
    files = [str(path) for path, _ in catalog.generated(tmp_path)]
    assert json.loads(said.out) == {"written": files, "removed": [str(tmp_path / "old.json")]}
    assert f"wrote {files[0]}\n" in said.err
    assert cli.main(["generate", "--folder", str(tmp_path), "--json"]) == 0
    again = capsys.readouterr()
    assert (json.loads(again.out), again.err) == ({"written": [], "removed": []}, "")


def test_check_says_nothing_of_what_was_generated(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--folder", folder]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_names_files_that_are_not_as_their_module_says(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    stale, missing, foreign = (Path(folder) / name for name in ("model.json", "stack.json", "mine.json"))
    stale.write_text(stale.read_text(encoding="utf-8").replace("Model serving / Model", "Mine"), encoding="utf-8")
    missing.unlink()
    foreign.write_text("{}", encoding="utf-8")
    assert cli.main(["check", "--folder", folder]) == 1
    remedy = "\n  remedy: Call `python -m dashboards generate`.\n"
    assert capsys.readouterr().err == (
        f"{stale}: not as its module says.{remedy}"
        f"{missing}: not as its module says.{remedy}"
        f"{foreign}: no module writes it.{remedy}"
    )


def test_check_tells_what_a_rule_says(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(folder) / "cluster.json"
    path.write_text(path.read_text(encoding="utf-8").replace("$__rate_interval", "5m"), encoding="utf-8")
    assert cli.main(["check", "--folder", folder, "--json"]) == 1
    said = capsys.readouterr()
    assert "looks back over [5m]. (ranges)" in said.err
    rules = {problem["rule"] for problem in json.loads(said.out)["problems"]}
    assert rules == {"ranges"}


def test_check_tells_of_a_file_that_is_no_json(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    (Path(folder) / "cluster.json").write_text("{", encoding="utf-8")
    assert cli.main(["check", "--folder", folder]) == 1
    assert "cluster.json: no JSON" in capsys.readouterr().err


def test_preview_draws_the_dashboard_that_is_named(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with prometheus(plausible) as url:
        call = ["preview", "--folder", folder, "--prometheus", url, "--out", str(tmp_path / "out"), "--json"]
        assert cli.main([*call, "--dashboard", "model-serving-canary", "--variable", "model=iris"]) == 0
    said = capsys.readouterr()
    picture = str(tmp_path / "out" / "model-serving-canary.png")
    [answer] = json.loads(said.out)
    assert answer == {"picture": picture, "panels": answer["panels"], "empty": [], "errors": {}}
    assert said.err == f"drew {picture}\n"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["model-serving-canary.png"]


def test_preview_fails_for_panels_without_data_unless_they_are_allowed(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with prometheus(nothing) as url:
        call = ["preview", "--folder", folder, "--prometheus", url, "--out", str(tmp_path), "--dashboard"]
        assert cli.main([*call, "model-serving-canary"]) == 1
        said = capsys.readouterr().err
        assert cli.main([*call, "model-serving-canary", "--allow-empty"]) == 0
    assert "error: model-serving-canary, panel 'Share of requests' has no data.\n" in said
    assert said.endswith("remedy: Send requests for some minutes, or allow it: --allow-empty.\n")
    assert "note: model-serving-canary, panel 'Share of requests' has no data.\n" in capsys.readouterr().err


def test_preview_fails_for_a_refused_query_even_if_empty_panels_are_allowed(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with prometheus(lambda *_: refusal(400, "bad_data", "no")) as url:
        call = ["preview", "--folder", folder, "--prometheus", url, "--out", str(tmp_path), "--allow-empty"]
        assert cli.main([*call, "--dashboard", "model-serving-canary"]) == 1
    assert "bad_data: no.\nremedy: Mend the query.\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--dashboard", "mine"], "there is no dashboard mine.\nremedy: There are model-serving-canary"),
        (["--variable", "modle=iris"], "no dashboard has a variable modle.\nremedy: There are datasource, model"),
    ],
)
def test_preview_refuses_names_that_are_not_there(
    arguments: list[str], says: str, folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["preview", "--folder", folder, "--prometheus", "http://127.0.0.1:1", "--out", str(tmp_path)]
    assert cli.main([*call, *arguments]) == 1
    assert says in capsys.readouterr().err


def test_preview_tells_that_nobody_answers(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with prometheus(nothing) as url:
        gone = url
    assert cli.main(["preview", "--folder", folder, "--prometheus", gone, "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {gone} does not answer")
    assert "remedy: Check the address" in said


@pytest.mark.parametrize("arguments", [["--variable", "model"], ["--minutes", "0"], ["--minutes", "an hour"]])
def test_a_wrong_call_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["preview", "--prometheus", "http://127.0.0.1:1", "--out", str(tmp_path), *arguments])
    assert ended.value.code == 2


def test_a_folder_that_cannot_be_written_to_is_told_with_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert cli.main(["generate", "--folder", str(tmp_path / "file" / "folder")]) == 1
    assert "remedy: Check the path." in capsys.readouterr().err


def test_the_module_runs_as_a_program_and_checks_without_the_plotting_library() -> None:
    program = (
        "import sys; from dashboards import cli; code = cli.main(['check']);"
        "sys.exit(code or int('matplotlib' in sys.modules))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
