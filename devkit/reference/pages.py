"""All reference pages, and the comparison with the committed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from devkit import paths
from devkit.reference import charts, exit_codes, metrics, rules, settings

FOLDER: Final = paths.DOCS / "reference"

PAGES: Final[dict[str, Callable[[], str]]] = {
    "metrics.md": metrics.page,
    "settings.md": settings.page,
    "exit-codes.md": exit_codes.page,
    "alerts.md": rules.alerts_page,
    "recording-rules.md": rules.recording_rules_page,
    "values.md": charts.page,
}


def render(folder: Path = FOLDER) -> dict[Path, str]:
    """Return every page by its path."""
    return {folder / name: build() for name, build in PAGES.items()}


def stale(folder: Path = FOLDER) -> Iterator[Path]:
    """Yield the pages that are missing or not up to date, and files that no generator writes."""
    pages = render(folder)
    for path, text in pages.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield path
    yield from sorted(set(folder.glob("*.md")) - pages.keys())


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the pages that are not up to date and remove those that no generator writes; returns their paths."""
    pages = render(folder)
    changed = list(stale(folder))
    folder.mkdir(parents=True, exist_ok=True)
    for path in changed:
        if path in pages:
            path.write_text(pages[path], encoding="utf-8")
        else:
            path.unlink()
    return changed
