"""A user's values are rewritten for a newer version of the chart."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from charttool import migrate, renames
from charttool.migrate import Migrated
from charttool.problems import ContractError
from tests.charttool.sample import VALUES, read

RENAMES = """\
- {old: count, new: replicas, since: 0.2.0, why: One word.}
- {old: instances, new: replicas, since: 0.1.0, why: One word.}
- {old: imageTag, new: image.tag, since: 0.2.0, why: All of the image.}
- {old: test, new: image.name, since: 0.2.0, values: {true: helm, many: 3}, why: More ways.}
"""
FILE = Path("my-values.yaml")


def migrated(folder: Path, text: str, under: str = "") -> Migrated:
    (folder / "renames.yaml").write_text(RENAMES, encoding="utf-8")
    sample = VALUES.replace("image:\n", 'image:\n  # Name.\n  # @schema {type: [string, integer]}\n  name: ""\n', 1)
    values = read(folder, sample)
    return migrate.migrate(text, FILE, values, renames.read(folder / "renames.yaml", values), under)


def refusal(folder: Path, text: str, under: str = "") -> str:
    with pytest.raises(ContractError) as caught:
        migrated(folder, text, under)
    return str(caught.value)


def test_keys_are_moved_and_the_rest_stays(tmp_path: Path) -> None:
    result = migrated(tmp_path, "# Mine.\n\n# Enough.\ncount: 4\nimageTag: 'a'   # pinned\nresources: {limits:  {}}\n")
    assert result.text == (
        "# Mine.\n\n# Enough.\nreplicas: 4\nimage:\n  tag: 'a'   # pinned\nresources: {limits:  {}}\n"
    )
    assert [str(move) for move in result.moves] == [
        "count -> replicas (since 0.2.0)",
        "imageTag -> image.tag (since 0.2.0)",
    ]
    assert result.unknown == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("true", "helm", "test -> image.name, true is now helm (since 0.2.0)"),
        ("'true'", "helm", "test -> image.name, true is now helm (since 0.2.0)"),
        ("many", "3", "test -> image.name, many is now 3 (since 0.2.0)"),
    ],
)
def test_values_that_changed_are_put_in(tmp_path: Path, old: str, new: str, said: str) -> None:
    result = migrated(tmp_path, f"test: {old} # why\n")
    assert result.text == f"image:\n  name: {new} # why\n"
    assert [str(move) for move in result.moves] == [said]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("test: null # why\na: 1\n", "a: 1\n", ["test out: it is null, which sets no image.name (since 0.2.0)"]),
        ("count: ~\n", "", ["count out: it is null, which sets no replicas (since 0.2.0)"]),
        ("count:\nreplicas: 2\n", "replicas: 2\n", ["count out: it is null, which sets no replicas (since 0.2.0)"]),
        (
            "count:\ninstances: 2\n",
            "replicas: 2\n",
            [
                "count out: it is null, which sets no replicas (since 0.2.0)",
                "instances -> replicas (since 0.1.0)",
            ],
        ),
        ("x-n: &n\ncount: *n\n", "x-n: &n\n", ["count out: it is null, which sets no replicas (since 0.2.0)"]),
    ],
)
def test_null_sets_nothing_and_is_taken_out(tmp_path: Path, before: str, after: str, said: list[str]) -> None:
    result = migrated(tmp_path, before)
    assert (result.text, [str(move) for move in result.moves]) == (after, said)


def test_programs_are_told_of_null_that_it_is_moved_nowhere(tmp_path: Path) -> None:
    (move,) = migrated(tmp_path, "iris: {count: null}\n", "iris").moves
    assert move.as_dictionary() == {"old": "iris.count", "new": None, "since": "0.2.0"}


@pytest.mark.parametrize("text", ["", "# Nothing.\n", "replicas:   3\n", "{}", "a:    [1,2]\r\n"])
def test_a_file_that_needs_nothing_stays_as_it_is(tmp_path: Path, text: str) -> None:
    result = migrated(tmp_path, text)
    assert (result.text, result.moves) == (text, ())


def test_the_values_of_an_umbrella_are_moved_where_they_are(tmp_path: Path) -> None:
    result = migrated(tmp_path, "count: 1\nml:\n  iris:\n    count: 4\n    foo: 1\n", under="ml.iris")
    assert result.text == "count: 1\nml:\n  iris:\n    replicas: 4\n    foo: 1\n"
    assert [str(move) for move in result.moves] == ["ml.iris.count -> ml.iris.replicas (since 0.2.0)"]
    assert [problem.cause for problem in result.unknown] == [
        "ml.iris.foo is no value of the chart; it was left as it is."
    ]


def test_an_umbrella_without_values_for_the_chart_needs_nothing(tmp_path: Path) -> None:
    assert migrated(tmp_path, "count: 1\n", under="iris") == Migrated("count: 1\n", (), ())


def test_unknown_keys_are_left_and_named(tmp_path: Path) -> None:
    text = "replica: 1\nimage:\n  tagg: a\nresources:\n  limits: {}\nx-a: 1\nglobal: {a: 1}\nenabled: true\nzzz: 1\n"
    result = migrated(tmp_path, text)
    assert result.text == text
    assert [str(problem) for problem in result.unknown] == [
        "my-values.yaml: replica is no value of the chart; it was left as it is.\n  remedy: Is replicas meant?",
        "my-values.yaml: image.tagg is no value of the chart; it was left as it is.\n  remedy: Is image.tag meant?",
        "my-values.yaml: zzz is no value of the chart; it was left as it is.\n  remedy: Take it out.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "count: 1\nreplicas: 2\n",
            "my-values.yaml: count and replicas are both set: they are one value.\n  remedy: Take count out.",
        ),
        (
            "count: 1\ninstances: 2\n",
            "my-values.yaml: count and instances are both set: both are replicas now.\n  remedy: Take one of them out.",
        ),
        (
            "test: some\n",
            "my-values.yaml: test is some, and nothing is known that stands for it now.\n"
            "  remedy: Write one of true, many, or set image.name by hand.",
        ),
        (
            "x-all: &all {count: 1}\n<<: *all\n",
            "my-values.yaml: count is written in a way that cannot be moved by a program.\n"
            "  remedy: Move it to replicas by hand.",
        ),
        (
            "imageTag: a\nimage: b\n",
            "my-values.yaml: imageTag is written in a way that cannot be moved by a program.\n"
            "  remedy: Move it to image.tag by hand.",
        ),
        (
            "test: &e true\nresources: {limits: {cpu: *e}}\n",
            "my-values.yaml: test is written in a way that cannot be moved by a program.\n"
            "  remedy: Move it to image.name by hand.",
        ),
        (
            "test: &t [*t]\n",
            "my-values.yaml: test is [[...]], and nothing is known that stands for it now.\n"
            "  remedy: Write one of true, many, or set image.name by hand.",
        ),
        (
            "test: {1: a, b: 2}\n",
            "my-values.yaml: test is {1: 'a', 'b': 2}, and nothing is known that stands for it now.\n"
            "  remedy: Write one of true, many, or set image.name by hand.",
        ),
        (
            "count: &n null\nx-n: *n\n",
            "my-values.yaml: count is written in a way that cannot be moved by a program.\n"
            "  remedy: Take it out: it is null.",
        ),
        (
            "a: 2026-13-01\n",
            "my-values.yaml: no YAML: month must be in 1..12.\n  remedy: Correct the line.",
        ),
        ("a: b: c\n", "my-values.yaml:1: no YAML: mapping values are not allowed here.\n  remedy: Correct the line."),
        ("- count\n", "my-values.yaml:1: no mapping of keys.\n  remedy: Name a file of values."),
    ],
)
def test_what_only_a_person_can_decide_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text) == message


def test_both_keys_of_an_umbrella_are_named_in_full(tmp_path: Path) -> None:
    assert "iris.count and iris.replicas are both set" in refusal(tmp_path, "iris: {count: 1, replicas: 2}\n", "iris")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert refusal(tmp_path, "count: 1\nreplicas: 2\nimageTag: a\nimage: {tag: b}\n").count("are both set") == 2


def test_a_file_is_replaced_at_once_with_its_mode_also_behind_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "values.yaml", tmp_path / "link.yaml"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    migrate.write(link, "new\r\n")
    assert link.is_symlink()
    assert file.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "values.yaml"]


def test_a_file_that_cannot_be_written_stays_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        migrate.write(file, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["values.yaml"]
    assert file.read_text(encoding="utf-8") == "old"
