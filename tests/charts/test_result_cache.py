"""A slow test runs again once a file that it depends on has changed, and not before."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.harness import result_cache


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the current test depends on."""
    monkeypatch.setattr(result_cache, "FOLDER", tmp_path / "test-results")
    file = tmp_path / "rules.yaml"
    file.write_text("a: 1", encoding="utf-8")
    request.node.add_marker(pytest.mark.depends_on_files(file))
    return file


def test_a_result_is_cached_until_a_file_changes(file: Path, request: pytest.FixtureRequest) -> None:
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    assert result_cache.lookup(request.node)
    file.write_text("a: 2", encoding="utf-8")
    assert not result_cache.lookup(request.node)


def test_a_new_file_in_a_folder_is_a_change(file: Path, request: pytest.FixtureRequest) -> None:
    folder = file.with_name("folder")
    folder.mkdir()
    request.node.add_marker(pytest.mark.depends_on_files(folder))
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    assert result_cache.lookup(request.node)
    (folder / "new").touch()
    assert not result_cache.lookup(request.node)


@pytest.mark.usefixtures("file")
def test_every_test_depends_on_harness_versions_and_its_module(request: pytest.FixtureRequest) -> None:
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    (stored,) = result_cache.FOLDER.iterdir()
    for place in ("tests/harness", "requirements/dev.txt", "versions.yaml", "tests/charts/test_result_cache.py"):
        assert f"{place}\n" in stored.read_text(encoding="utf-8")


def test_a_test_without_the_marker_always_runs(request: pytest.FixtureRequest) -> None:
    result_cache.store(request.node)
    assert not result_cache.lookup(request.node)


def test_a_change_during_the_test_discards_its_result(file: Path, request: pytest.FixtureRequest) -> None:
    assert not result_cache.lookup(request.node)
    file.write_text("a: 2", encoding="utf-8")
    result_cache.store(request.node)
    assert not result_cache.lookup(request.node)


def test_a_cached_test_sets_up_no_fixtures(
    file: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert file.exists()
    monkeypatch.setattr(result_cache, "counts", Counter())
    assert not result_cache.lookup(request.node)
    result_cache.store(request.node)
    names = list(request.node.fixturenames)
    result_cache.setup(request.node)
    assert (request.node.fixturenames, result_cache.is_cached(request.node)) == ([], True)
    assert result_cache.counts == {"cached": 1}
    request.node.fixturenames = names


def test_the_old_marker_is_refused_with_its_new_name(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(result_cache.RENAMED_MARKER)
    with pytest.raises(pytest.UsageError, match=r"'rests_on' is now 'depends_on_files'\. Remedy: write @pytest"):
        result_cache.refuse_renamed_marker(request.node)
