"""Rules about what people see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from dashboards.layout import COLUMNS
from dashboards.lint.problem import Finding
from dashboards.reading import Dashboard


def titles_and_descriptions(dashboard: Dashboard) -> Iterator[Finding]:
    """Every panel and every dashboard has a title and says what it shows."""
    if not dashboard.title or not dashboard.raw.get("description"):
        yield Finding("", "the dashboard has no title or no description.", "Write both in its Board.")
    for panel in dashboard.everything:
        if not panel.title.strip():
            yield Finding(f"number {panel.raw.get('id')}", "it has no title.", "Give it one.")
    for panel in dashboard.panels:
        if not str(panel.raw.get("description") or "").strip().endswith("."):
            yield Finding(
                panel.title,
                "its description is missing, or is no sentence.",
                "Say what it shows and what is bad, and end with a full stop.",
            )


def units(dashboard: Dashboard) -> Iterator[Finding]:
    """A figure without a unit can be read as anything."""
    for panel in dashboard.panels:
        if not panel.defaults.get("unit"):
            yield Finding(panel.title, "it has no unit.", "Give it one; `short` is that of things that are counted.")


def texts_without_data(dashboard: Dashboard) -> Iterator[Finding]:
    """An empty panel says why it is empty, or that it is."""
    for panel in dashboard.panels:
        if not panel.defaults.get("noValue"):
            yield Finding(panel.title, "it says nothing when there is no data.", "Set the text for no value.")


def grid(dashboard: Dashboard) -> Iterator[Finding]:
    """No panel covers another or leaves the grid."""
    for panel in dashboard.everything:
        place = panel.place
        if place.width < 1 or place.height < 1 or place.x < 0 or place.y < 0 or place.x + place.width > COLUMNS:
            yield Finding(panel.title, f"{place} is off the grid of {COLUMNS} columns.", "Make it narrower.")
    for panel, other in combinations(dashboard.everything, 2):
        if panel.place.overlaps(other.place):
            yield Finding(panel.title, f"it covers the panel {other.title!r}.", "Let `layout` place the panels.")
