"""A long test is run again as soon as something has changed that it rests on, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import proofs


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the test at hand rests on."""
    monkeypatch.setattr(proofs, "FOLDER", tmp_path / "proofs")
    file = tmp_path / "rules.yaml"
    file.write_text("a: 1", encoding="utf-8")
    request.node.add_marker(pytest.mark.rests_on(file))
    return file


def test_a_proof_stands_until_a_file_changes(place: Path, request: pytest.FixtureRequest) -> None:
    assert not proofs.stands(request.node)
    proofs.keep(request.node)
    assert proofs.stands(request.node)
    place.write_text("a: 2", encoding="utf-8")
    assert not proofs.stands(request.node)


def test_a_file_that_is_new_in_a_folder_is_a_change(place: Path, request: pytest.FixtureRequest) -> None:
    folder = place.with_name("folder")
    folder.mkdir()
    request.node.add_marker(pytest.mark.rests_on(folder))
    assert not proofs.stands(request.node)
    proofs.keep(request.node)
    assert proofs.stands(request.node)
    (folder / "new").touch()
    assert not proofs.stands(request.node)


@pytest.mark.usefixtures("place")
def test_the_harness_and_the_locked_packages_are_always_of_what_is_rested_on(request: pytest.FixtureRequest) -> None:
    assert not proofs.stands(request.node)
    proofs.keep(request.node)
    (kept,) = proofs.FOLDER.iterdir()
    for place in ("tests/harness", "requirements/dev.txt", "tests/charts/test_proofs.py"):
        assert f"{place}\n" in kept.read_text(encoding="utf-8")


def test_a_test_that_names_nothing_is_always_run(request: pytest.FixtureRequest) -> None:
    proofs.keep(request.node)
    assert not proofs.stands(request.node)


def test_what_changes_while_a_test_runs_proves_nothing(place: Path, request: pytest.FixtureRequest) -> None:
    assert not proofs.stands(request.node)
    place.write_text("a: 2", encoding="utf-8")
    proofs.keep(request.node)
    assert not proofs.stands(request.node)


def test_a_test_whose_proof_stands_begins_without_fixtures(place: Path, request: pytest.FixtureRequest) -> None:
    assert place.exists()
    assert not proofs.stands(request.node)
    proofs.keep(request.node)
    names = list(request.node.fixturenames)
    proofs.begin(request.node)
    assert (request.node.fixturenames, proofs.is_proved(request.node)) == ([], True)
    request.node.fixturenames = names
