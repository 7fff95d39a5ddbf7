"""versions.yaml: forms of a version, and texts with a version in files that cannot read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import mentions, versions
from devkit.versions import Versions, VersionsError

ROOT = versions.FILE.parent


def pinned(mentioned: dict[str, list[str]] | None = None, **names: str) -> Versions:
    """Versions of a small repository."""
    return Versions(names, {}, {}, {}, mentioned or {}, {})


def test_repository_has_no_version_literals_outside_the_listed_files() -> None:
    problems = mentions.problems(versions.load(), ROOT)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v${kubernetes}", "v1.37.2"),
        ("${kubernetes.line}", "1.37"),
        ("${kubernetes.previous_line}.0", "1.36.0"),
        ("${kubernetes.next_line}", "1.38"),
        ("${kubernetes.major}-${kubernetes.minor}-${kubernetes.patch}", "1-37-2"),
        ("v0.${prometheus.major}${prometheus.minor2}.${prometheus.patch}", "v0.305.0"),
        ("no placeholder, $HOME", "no placeholder, $HOME"),
    ],
)
def test_placeholders_become_versions(text: str, expected: str) -> None:
    assert pinned(kubernetes="1.37.2", prometheus="3.5.0").resolve(text) == expected


def test_documents_are_resolved_in_every_text() -> None:
    document = {"a": ["${x}", {"b": "v${x}", "c": 1, "d": None}]}
    assert pinned(x="1.2.3").resolve_all(document) == {"a": ["1.2.3", {"b": "v1.2.3", "c": 1, "d": None}]}


@pytest.mark.parametrize("text", ["${kubernets}", "${kubernetes.lin}", "${commit.line}"])
def test_unknown_names_and_forms_are_refused(text: str) -> None:
    with pytest.raises(VersionsError, match="use one of"):
        pinned(kubernetes="1.37.2", commit="eed52ebb").resolve(text)


def test_a_file_without_a_section_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "versions.yaml"
    file.write_text("versions: {}\nmentions: {}\n", encoding="utf-8")
    with pytest.raises(VersionsError, match="no section 'modules'"):
        versions.load(file)


@pytest.mark.parametrize(
    ("content", "is_found"),
    [
        ("image: a:1.2.3", True),
        ("v1.2.3", True),
        ("1.2.3.", True),
        ("11.2.3", False),
        ("1.2.30", False),
        ("0.1.2.3", False),
        ("1.2.3-rc.1", False),
        ("1.2.3.4", False),
    ],
)
def test_literals_are_found_whole(tmp_path: Path, content: str, is_found: bool) -> None:
    (tmp_path / "file.txt").write_text(content, encoding="utf-8")
    problems = mentions.problems(pinned(tool="1.2.3"), tmp_path)
    assert bool(problems) == is_found
    assert all("file.txt: has the version literal '1.2.3'" in problem for problem in problems)


def test_a_listed_file_without_the_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Needs Tool 1.1.", encoding="utf-8")
    (problem,) = mentions.problems(pinned({"Tool ${tool.line}": ["README.md"]}, tool="1.2.3"), tmp_path)
    assert problem.startswith("versions.yaml: README.md does not contain 'Tool 1.2'")


def test_texts_may_be_wrapped(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Tested with Tool\n1.2.\n", encoding="utf-8")
    (tmp_path / "values.yaml").write_text("  # Tested with Tool\n  # 1.2.\n", encoding="utf-8")
    mentioned = {"with Tool ${tool.line}": ["README.md", "values.yaml"]}
    assert mentions.problems(pinned(mentioned, tool="1.2.3"), tmp_path) == []
    mentions.rewrite(pinned(mentioned, tool="1.2.3"), pinned(mentioned, tool="1.3.0"), tmp_path)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Tested with Tool\n1.3.\n"
    assert (tmp_path / "values.yaml").read_text(encoding="utf-8") == "  # Tested with Tool\n  # 1.3.\n"


def test_rewriting_changes_the_listed_texts_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "Tool 1.2 is 1.2 times faster than Tool 1.20. Take tool:1.2.3.", encoding="utf-8"
    )
    (tmp_path / "other.md").write_text("Tool 1.2", encoding="utf-8")
    mentioned = {"Tool ${tool.line}": ["README.md"], "tool:${tool}": ["README.md"]}
    changed = mentions.rewrite(pinned(mentioned, tool="1.2.3"), pinned(mentioned, tool="1.3.0"), tmp_path)
    assert changed == ["README.md"]
    expected = "Tool 1.3 is 1.2 times faster than Tool 1.20. Take tool:1.3.0."
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == expected
    assert (tmp_path / "other.md").read_text(encoding="utf-8") == "Tool 1.2"
