"""Rules on what users see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from dashboards.layout import COLUMNS
from dashboards.lint.problem import Finding
from dashboards.model import Dashboard


def titles_and_descriptions(dashboard: Dashboard) -> Iterator[Finding]:
    """Every dashboard and every panel has a title and a description."""
    if not dashboard.title or not dashboard.raw.get("description"):
        yield Finding("", "the dashboard lacks a title or a description.", "Set both in its DashboardSpec.")
    for panel in dashboard.all_panels:
        if not panel.title.strip():
            yield Finding(f"id {panel.raw.get('id')}", "the panel has no title.", "Set one in its PanelOptions.")
    for panel in dashboard.panels:
        if not str(panel.raw.get("description") or "").strip().endswith("."):
            yield Finding(
                panel.title,
                "the description is missing or not a sentence.",
                "Describe what the panel shows and which values are bad, and end with a full stop.",
            )


def units(dashboard: Dashboard) -> Iterator[Finding]:
    """Every panel has a unit: a number without one is ambiguous."""
    for panel in dashboard.panels:
        if not panel.defaults.get("unit"):
            yield Finding(panel.title, "the panel has no unit.", "Set one; `short` is the unit of counts.")


def no_value_texts(dashboard: Dashboard) -> Iterator[Finding]:
    """Every panel has a text for the case that there is no data."""
    for panel in dashboard.panels:
        if not panel.defaults.get("noValue"):
            yield Finding(panel.title, "the panel has no text for missing data.", "Set no_value.")


def grid(dashboard: Dashboard) -> Iterator[Finding]:
    """No panel overlaps another or exceeds the grid."""
    for panel in dashboard.all_panels:
        position = panel.grid_pos
        is_empty = position.width < 1 or position.height < 1
        if is_empty or position.x < 0 or position.y < 0 or position.x + position.width > COLUMNS:
            yield Finding(
                panel.title, f"the panel at {position} exceeds the grid of {COLUMNS} columns.", "Make it narrower."
            )
    for panel, other in combinations(dashboard.all_panels, 2):
        if panel.grid_pos.overlaps(other.grid_pos):
            yield Finding(
                panel.title, f"the panel overlaps the panel {other.title!r}.", "Let `layout` place the panels."
            )
