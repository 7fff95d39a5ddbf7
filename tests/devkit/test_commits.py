"""The check of commit messages, on messages and on a real repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from devkit import commits
from devkit.cli import main
from devkit.commits import Commit
from devkit.exits import EXIT_FAILURE

GOOD = Commit("abc", "server: reject bodies above the limit", "They filled the memory.\n")


@pytest.mark.parametrize(
    ("commit", "problem"),
    [
        (Commit("abc", f"server: {'x' * 65}", "Why.\n"), "73 characters"),
        (Commit("abc", "Reject bodies above the limit", "Why.\n"), "not `area: imperative`"),
        (Commit("abc", "server: Reject bodies", "Why.\n"), "not `area: imperative`"),
        (Commit("abc", "server: reject bodies.", "Why.\n"), "not `area: imperative`"),
        (Commit("abc", "server: reject bodies", "\n"), "body is missing"),
    ],
)
def test_a_message_that_breaks_a_rule_is_reported_with_the_remedy(commit: Commit, problem: str) -> None:
    [found] = commits.problems(commit)

    assert problem in found
    assert ": " in found


def test_a_good_message_passes() -> None:
    assert list(commits.problems(GOOD)) == []


def test_a_range_is_read_in_order(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    git("commit", "--allow-empty", "--message", "docs: add a page\n\nReaders asked.\n\nTwice.")
    git("commit", "--allow-empty", "--message", "Second")

    first, second = commits.read("HEAD", tmp_path)

    assert (first.subject, first.body) == ("docs: add a page", "Readers asked.\n\nTwice.\n")
    assert (second.subject, second.body) == ("Second", "")


def test_a_clone_without_the_first_commit_is_checked_as_far_as_it_reaches(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)

    assert commits.default_range(tmp_path) == "HEAD"


def test_an_unknown_range_is_an_error_with_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["commits", "no-such-branch..HEAD"]) == EXIT_FAILURE
    assert "remedy: Name a range of revisions, such as main..HEAD." in capsys.readouterr().err
