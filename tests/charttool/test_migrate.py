"""Migration of a user's values to a newer version of the chart."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from charttool import migrate, renames
from charttool.migrate import Migrated
from charttool.problems import ChartError
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
    with pytest.raises(ChartError) as caught:
        migrated(folder, text, under)
    return str(caught.value)


def test_moves_keys_and_keeps_the_rest(tmp_path: Path) -> None:
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
    ("old", "new", "message"),
    [
        ("true", "helm", "test -> image.name, true is now helm (since 0.2.0)"),
        ("'true'", "helm", "test -> image.name, true is now helm (since 0.2.0)"),
        ("many", "3", "test -> image.name, many is now 3 (since 0.2.0)"),
    ],
)
def test_maps_changed_values(tmp_path: Path, old: str, new: str, message: str) -> None:
    result = migrated(tmp_path, f"test: {old} # why\n")
    assert result.text == f"image:\n  name: {new} # why\n"
    assert [str(move) for move in result.moves] == [message]


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        ("test: null # why\na: 1\n", "a: 1\n", ["test: null, which has no effect on image.name (since 0.2.0)"]),
        ("count: ~\n", "", ["count: null, which has no effect on replicas (since 0.2.0)"]),
        ("count:\nreplicas: 2\n", "replicas: 2\n", ["count: null, which has no effect on replicas (since 0.2.0)"]),
        (
            "count:\ninstances: 2\n",
            "replicas: 2\n",
            [
                "count: null, which has no effect on replicas (since 0.2.0)",
                "instances -> replicas (since 0.1.0)",
            ],
        ),
        ("x-n: &n\ncount: *n\n", "x-n: &n\n", ["count: null, which has no effect on replicas (since 0.2.0)"]),
    ],
)
def test_removes_null(tmp_path: Path, before: str, after: str, messages: list[str]) -> None:
    result = migrated(tmp_path, before)
    assert (result.text, [str(move) for move in result.moves]) == (after, messages)


def test_json_of_a_removed_null_has_no_new_key(tmp_path: Path) -> None:
    (move,) = migrated(tmp_path, "iris: {count: null}\n", "iris").moves
    assert move.as_dictionary() == {"old": "iris.count", "new": None, "since": "0.2.0"}


@pytest.mark.parametrize("text", ["", "# Nothing.\n", "replicas:   3\n", "{}", "a:    [1,2]\r\n"])
def test_current_file_stays_unchanged(tmp_path: Path, text: str) -> None:
    result = migrated(tmp_path, text)
    assert (result.text, result.moves) == (text, ())


def test_moves_values_of_an_umbrella_chart(tmp_path: Path) -> None:
    result = migrated(tmp_path, "count: 1\nml:\n  iris:\n    count: 4\n    foo: 1\n", under="ml.iris")
    assert result.text == "count: 1\nml:\n  iris:\n    replicas: 4\n    foo: 1\n"
    assert [str(move) for move in result.moves] == ["ml.iris.count -> ml.iris.replicas (since 0.2.0)"]
    assert [problem.cause for problem in result.unknown] == ["unknown value ml.iris.foo; left unchanged."]


def test_umbrella_without_values_of_the_chart_stays_unchanged(tmp_path: Path) -> None:
    assert migrated(tmp_path, "count: 1\n", under="iris") == Migrated("count: 1\n", (), ())


def test_reports_unknown_keys_and_keeps_them(tmp_path: Path) -> None:
    text = "replica: 1\nimage:\n  tagg: a\nresources:\n  limits: {}\nx-a: 1\nglobal: {a: 1}\nenabled: true\nzzz: 1\n"
    result = migrated(tmp_path, text)
    assert result.text == text
    assert [str(problem) for problem in result.unknown] == [
        "my-values.yaml: unknown value replica; left unchanged.\n  remedy: Did you mean replicas?",
        "my-values.yaml: unknown value image.tagg; left unchanged.\n  remedy: Did you mean image.tag?",
        "my-values.yaml: unknown value zzz; left unchanged.\n  remedy: Remove it.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "count: 1\nreplicas: 2\n",
            "my-values.yaml: count and its new name replicas are both set.\n  remedy: Remove count.",
        ),
        (
            "count: 1\ninstances: 2\n",
            "my-values.yaml: count and instances are both set, and both are now replicas.\n"
            "  remedy: Remove one of them.",
        ),
        (
            "test: some\n",
            "my-values.yaml: test is some, which has no equivalent in this version.\n"
            "  remedy: Use one of true, many, or set image.name manually.",
        ),
        (
            "x-all: &all {count: 1}\n<<: *all\n",
            "my-values.yaml: count cannot be moved automatically because of the way it is written.\n"
            "  remedy: Move it to replicas manually.",
        ),
        (
            "imageTag: a\nimage: b\n",
            "my-values.yaml: imageTag cannot be moved automatically because of the way it is written.\n"
            "  remedy: Move it to image.tag manually.",
        ),
        (
            "test: &e true\nresources: {limits: {cpu: *e}}\n",
            "my-values.yaml: test cannot be moved automatically because of the way it is written.\n"
            "  remedy: Move it to image.name manually.",
        ),
        (
            "test: &t [*t]\n",
            "my-values.yaml: test is [[...]], which has no equivalent in this version.\n"
            "  remedy: Use one of true, many, or set image.name manually.",
        ),
        (
            "test: {1: a, b: 2}\n",
            "my-values.yaml: test is {1: 'a', 'b': 2}, which has no equivalent in this version.\n"
            "  remedy: Use one of true, many, or set image.name manually.",
        ),
        (
            "count: &n null\nx-n: *n\n",
            "my-values.yaml: count cannot be moved automatically because of the way it is written.\n"
            "  remedy: Remove it: it is null.",
        ),
        (
            "a: 2026-13-01\n",
            "my-values.yaml: invalid YAML: month must be in 1..12.\n  remedy: Correct the line.",
        ),
        (
            "a: b: c\n",
            "my-values.yaml:1: invalid YAML: mapping values are not allowed here.\n  remedy: Correct the line.",
        ),
        ("- count\n", "my-values.yaml:1: the file must be a mapping.\n  remedy: Use a values file."),
    ],
)
def test_rejects_ambiguous_values(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text) == message


def test_conflicts_of_an_umbrella_have_full_paths(tmp_path: Path) -> None:
    assert "iris.count and its new name iris.replicas are both set" in refusal(
        tmp_path, "iris: {count: 1, replicas: 2}\n", "iris"
    )


def test_all_errors_are_reported_together(tmp_path: Path) -> None:
    assert refusal(tmp_path, "count: 1\nreplicas: 2\nimageTag: a\nimage: {tag: b}\n").count("are both set") == 2


def test_write_is_atomic_and_keeps_mode_and_symlink(tmp_path: Path) -> None:
    file, link = tmp_path / "values.yaml", tmp_path / "link.yaml"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    migrate.write(link, "new\r\n")
    assert link.is_symlink()
    assert file.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "values.yaml"]


def test_failed_write_keeps_the_file_and_leaves_no_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        migrate.write(file, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["values.yaml"]
    assert file.read_text(encoding="utf-8") == "old"
