"""Versions as literal text, in files that cannot read ``versions.yaml``: sentences, chart defaults, plain manifests.

``mentions`` in ``versions.yaml`` lists each text with a version and the files in which it may occur. A bump rewrites it
there; anywhere else, :func:`problems` refuses it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from devkit.versions import Versions, names_in

# Files that may hold any version, each with the reason.
EXEMPT = {
    "versions.yaml": "it is the source",
    "cluster/go/*": "Go's own files; tests/cluster compares the versions in them with versions.yaml",
    "requirements/*": "locks of Python packages",
    "app/requirements*": "locks of Python packages",
    "CHANGELOG.md": "a history",
    "changes/*": "news fragments, a history",
    "docs/decisions/*": "a decision names the versions of its day",
    "tests/charts/released/*": "released charts never change",
    "charts/*/UPGRADING.md": "the history of a chart",
    "charts/*/renames.yaml": "the history of a chart",
    "charts/*/values.schema.json": "generated from values.yaml by charttool",
    "charts/*/files/defaults.json": "generated from values.yaml by charttool",
    "charts/*/templates/guards/_modes.tpl": "generated from values.yaml by charttool",
    "charttool/custom_resources.json": "fetched by charttool, with the versions that it was fetched for",
}
BINARY = ("*.png", "*.ico", "*.gz", "*.tgz", "*.h5", "*.keras", "*.pkl", "*.csv", "*.svg")


def tracked(root: Path) -> list[str]:
    """Return the files that Git knows below a folder, new ones included; all files where there is no repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else map(str, _walk(root))
    return sorted(name for name in names if (root / name).is_file() and not _matches(name, BINARY))


def problems(versions: Versions, root: Path) -> list[str]:
    """Return what is wrong, a line each: a text outside its files, or a listed file without the text."""
    contents = {name: (root / name).read_text(encoding="utf-8", errors="replace") for name in tracked(root)}
    found = []
    for text, allowed in texts(versions).items():
        literal, pattern = versions.resolve(text), _pattern(versions.resolve(text))
        # Few files contain the digits at all: looking for them first saves most of the time.
        words = literal.split()
        holders = {
            name
            for name, content in contents.items()
            if all(word in content for word in words) and pattern.search(content)
        }
        found += [
            f"{name}: has the version literal {literal!r}. Read it from devkit.versions, or add the file to {text!r} "
            "under `mentions` in versions.yaml"
            for name in sorted(holders)
            if not _matches(name, (*EXEMPT, *allowed))
        ]
        found += [
            f"versions.yaml: {glob} does not contain {literal!r}. Write it there, or remove the file from {text!r}"
            for glob in allowed
            if not any(fnmatch(name, glob) for name in holders)
        ]
    return found


def rewrite(old: Versions, new: Versions, root: Path) -> list[str]:
    """Replace each text of ``old`` by that of ``new`` in the files that list it; returns the files that changed."""
    changed = set()
    names = tracked(root)
    for text, allowed in texts(old).items():
        before, after = old.resolve(text), new.resolve(text)
        if before == after:
            continue
        for name in (name for name in names if _matches(name, allowed)):
            file = root / name
            content = file.read_text(encoding="utf-8")
            result = _pattern(before).sub(lambda match, after=after: _filled(match, after), content)  # type: ignore[misc]
            if result != content:
                file.write_text(result, encoding="utf-8")
                changed.add(name)
    return sorted(changed)


def texts(versions: Versions) -> dict[str, list[str]]:
    """Return all texts that are looked for: those listed, and every version that none of them spells out."""
    spelled = {name for text in versions.mentions for name in names_in(text) if f"${{{name}}}" in text}
    return {**{f"${{{name}}}": [] for name in versions.pinned if name not in spelled}, **versions.mentions}


def _pattern(literal: str) -> re.Pattern[str]:
    # Neither a part of a longer number, nor the same digits within another version. A leading `v` is allowed.
    before = r"(?<![\d.])(?<![\d.]v)" if literal[0].isdigit() else r"(?<!\w)"
    # A blank may be the end of a line, also in a comment.
    words = r"(\s+(?:# )?)".join(map(re.escape, literal.split()))
    return re.compile(rf"{before}{words}(?![\d-]|\.\d)")


def _filled(match: re.Match[str], text: str) -> str:
    """Return a text with its blanks as they were matched, line ends included."""
    first, *rest = text.split()
    return first + "".join(blank + word for blank, word in zip(match.groups(), rest, strict=True))


def _matches(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _walk(root: Path) -> Iterator[Path]:
    return (file.relative_to(root) for file in root.rglob("*") if file.is_file() and ".git" not in file.parts)
