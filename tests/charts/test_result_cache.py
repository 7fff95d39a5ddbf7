"""A long test is run again as soon as something has changed that it rests on, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import result_cache


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the test at hand rests on."""
    monkeypatch.setattr(result_cache, "FOLDER", tmp_path / "test-results")
    file = tmp_path / "rules.yaml"
    file.write_text("a: 1", encoding="utf-8")
    request.node.add_marker(pytest.mark.depends_on_files(file))
    return file


def test_a_proof_stands_until_a_file_changes(place: Path, request: pytest.FixtureRequest) -> None:
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    assert result_cache.lookup(request.node)
    place.write_text("a: 2", encoding="utf-8")
    assert not result_cache.lookup(request.node)


def test_a_file_that_is_new_in_a_folder_is_a_change(place: Path, request: pytest.FixtureRequest) -> None:
    folder = place.with_name("folder")
    folder.mkdir()
    request.node.add_marker(pytest.mark.depends_on_files(folder))
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    assert result_cache.lookup(request.node)
    (folder / "new").touch()
    assert not result_cache.lookup(request.node)


@pytest.mark.usefixtures("place")
def test_the_harness_and_the_locked_packages_are_always_of_what_is_rested_on(request: pytest.FixtureRequest) -> None:
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    (kept,) = result_cache.FOLDER.iterdir()
    for place in ("tests/harness", "requirements/dev.txt", "tests/charts/test_result_cache.py"):
        assert f"{place}\n" in kept.read_text(encoding="utf-8")


def test_a_test_that_names_nothing_is_always_run(request: pytest.FixtureRequest) -> None:
    result_cache.store(request.node)
    assert not result_cache.lookup(request.node)


def test_what_changes_while_a_test_runs_proves_nothing(place: Path, request: pytest.FixtureRequest) -> None:
    assert not result_cache.lookup(request.node)
    place.write_text("a: 2", encoding="utf-8")
    result_cache.store(request.node)
    assert not result_cache.lookup(request.node)


def test_a_test_whose_proof_stands_begins_without_fixtures(place: Path, request: pytest.FixtureRequest) -> None:
    assert place.exists()
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    names = list(request.node.fixturenames)
    result_cache.setup(request.node)
    assert (request.node.fixturenames, result_cache.is_cached(request.node)) == ([], True)
    request.node.fixturenames = names


def test_the_old_marker_is_refused_with_its_new_name(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(result_cache.RENAMED_MARKER)
    with pytest.raises(pytest.UsageError, match=r"'rests_on' is now 'depends_on_files'\. Remedy: write @pytest"):
        result_cache.refuse_renamed_marker(request.node)
