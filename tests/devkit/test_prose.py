"""The prose linter: each rule finds what it is for and leaves idiomatic English alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from devkit import cli, paths, prose

RULES = prose.load()

BANNED = {
    "negated-noun": ["'x' is no chart", "it was no version number"],
    "told": ["every mistake is told", "what is said of it", "is said at once"],
    "nobody": ["nobody reads it", "Whoever calls it"],
    "archaic": ["made anew", "it is mended", "beside the server", "OutOfSync for ever"],
    "otherwise-than": ["answers otherwise than the stable version"],
    "trailing-too": ["and the cache, too"],
    "for-as-because": ["It is left out, for it would be wrong"],
    "clause-as-docstring": ['"""Whether the pod is ready."""', '"""What is rendered."""'],
    "clause-as-comment": ["# What a pull must bring."],
    "stands": ["the roll-out stands still"],
}
IDIOMATIC = [
    "There is no chart in this folder.",
    "It is no longer served.",
    "a list for each version",
    '"""Return whether the pod is ready."""',
    "# What happens next? Nothing.",
    "Otherwise, the kubelet restarts it.",
    "on its own, for example",
]


def _names(line: str) -> set[str]:
    return {finding.rule for finding in prose.findings(RULES.rules, "a.md", line)}


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, lines in BANNED.items() for line in lines])
def test_a_rule_finds_what_it_bans(rule: str, line: str) -> None:
    assert rule in _names(line)


def test_every_rule_has_a_case() -> None:
    assert set(BANNED) == {rule.name for rule in RULES.rules}, "add a line to BANNED for each rule of prose.yaml"


@pytest.mark.parametrize("line", IDIOMATIC)
def test_idiomatic_english_is_left_alone(line: str) -> None:
    assert _names(line) == set()


def test_a_figure_is_a_rate_of_lines() -> None:
    lines = ["nobody told nobody", *["fine"] * 999]

    [_, words] = prose.figures(RULES.limits, lines)

    assert (words.lines, words.rate) == (1, 10.0)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one file that Git ignores, one that is excluded, and one to check."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    for name, text in {
        ".gitignore": "built\n",
        "built": "whoever",
        "a.json": "whoever",
        "a.md": "fine\nwhoever\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_finding_names_file_line_and_remedy(repository: Path) -> None:
    [finding], _ = prose.check(root=repository)

    assert (finding.file, finding.line, finding.rule) == ("a.md", 2, "nobody")
    assert "remedy: write the role" in str(finding)


def test_findings_set_the_exit_code(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", repository)

    assert cli.main(["prose", "--json"]) == 1
    assert [each["text"] for each in json.loads(capsys.readouterr().out)["findings"]] == ["whoever"]

    (repository / "a.md").write_text("fine\n", encoding="utf-8")

    assert cli.main(["prose"]) == 0
