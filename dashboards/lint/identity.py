"""Rules about what holds a dashboard together: its names, numbers, variables and links."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from dashboards import links as known
from dashboards.lint.problem import Finding
from dashboards.queries import used
from dashboards.reading import Dashboard

# A client-side apply keeps an object a second time in an annotation, which holds at most 256 KiB.
MOST_BYTES: Final = 200 * 1024
UIDS: Final = frozenset({known.CLUSTER, known.OVERVIEW, known.MODEL, known.CANARY, known.STACK})
_DASHBOARD_LINK: Final = re.compile(r"/d/([\w-]+)")
_DATASOURCE: Final = "${datasource}"


def uid_and_schema(dashboard: Dashboard) -> Iterator[Finding]:
    """The uid is one that is promised, and the schema is the classic one."""
    if dashboard.uid not in UIDS:
        yield Finding("", f"the uid {dashboard.uid!r} is not promised.", f"Use one of {', '.join(sorted(UIDS))}.")
    if not isinstance(dashboard.raw.get("schemaVersion"), int):
        yield Finding("", "it is not of the classic schema: schemaVersion is missing.", "Build it with `layout`.")
    if dashboard.raw.get("id") is not None:
        yield Finding("", "it has an id, which belongs to one Grafana.", "Leave the id out.")


def unique_uids(dashboards: Sequence[Dashboard]) -> Iterator[tuple[str, Finding]]:
    """Of two dashboards with one uid Grafana shows one."""
    for uid, count in Counter(dashboard.uid for dashboard in dashboards).items():
        if count > 1:
            yield uid, Finding("", f"{count} dashboards have this uid.", "Give each its own.")


def panel_numbers(dashboard: Dashboard) -> Iterator[Finding]:
    """Links to a panel go by its number, and a number goes to one panel."""
    numbers = Counter(panel.raw.get("id") for panel in dashboard.everything)
    for panel in dashboard.everything:
        number = panel.raw.get("id")
        if not isinstance(number, int) or numbers[number] > 1:
            yield Finding(panel.title, f"its number is {number}, which is not its own.", "Let `layout` number panels.")


def data_sources(dashboard: Dashboard) -> Iterator[Finding]:
    """Every query asks the data source that is chosen at the top: there may be several Prometheus."""
    if not any(variable.kind == "datasource" and variable.name == "datasource" for variable in dashboard.variables):
        yield Finding("", "it has no variable `datasource`.", "Begin its variables with `variables.datasource()`.")
    for panel in dashboard.panels:
        for holder in (panel.raw, *(target.raw for target in panel.targets)):
            if _uid(holder) != _DATASOURCE:
                yield Finding(panel.title, f"it asks the data source {_uid(holder)!r}.", f"Use {_DATASOURCE}.")
    for variable in dashboard.variables:
        if variable.kind == "query" and _uid(variable.raw) != _DATASOURCE:
            yield Finding("", f"the variable {variable.name} asks {_uid(variable.raw)!r}.", f"Use {_DATASOURCE}.")


def variables(dashboard: Dashboard) -> Iterator[Finding]:
    """Every variable that is used is declared above, and each that is declared is used."""
    declared = [variable.name for variable in dashboard.variables]
    before: list[str] = []
    for variable in dashboard.variables:
        for name in sorted(_own(json.dumps(variable.raw)) - set(before)):
            yield Finding("", f"the variable {variable.name} uses {name}, which is not above it.", "Reorder them.")
        before.append(variable.name)
    for panel in dashboard.everything:
        for name in sorted(_own(json.dumps(panel.raw)) - set(declared)):
            yield Finding(panel.title, f"it uses the variable {name}, which is not declared.", "Declare or remove it.")
    parts = [*(panel.raw for panel in dashboard.everything), *(variable.raw for variable in dashboard.variables)]
    everywhere = set().union(*(_own(json.dumps(part)) for part in parts))
    for name in declared:
        if name not in everywhere:
            yield Finding("", f"the variable {name} is used nowhere.", "Use it in queries, or remove it.")


def links(dashboard: Dashboard) -> Iterator[Finding]:
    """A link to a dashboard leads to one of ours."""
    for panel in dashboard.everything:
        for uid in _DASHBOARD_LINK.findall(json.dumps(panel.raw)):
            if uid not in UIDS:
                yield Finding(panel.title, f"it links to the dashboard {uid}, which is not ours.", "Mend the uid.")


def size(dashboard: Dashboard) -> Iterator[Finding]:
    """A dashboard fits into a ConfigMap however that is applied."""
    length = len(json.dumps(dashboard.raw, indent=2, ensure_ascii=False).encode())
    if length > MOST_BYTES:
        yield Finding("", f"it has {length} bytes, more than {MOST_BYTES}.", "Make two dashboards of it.")


def _own(text: str) -> set[str]:
    """The variables in a text that are not Grafana's."""
    return {name for name in used(text) if not name.startswith("__")}


def _uid(holder: dict[str, Any]) -> str:
    source = holder.get("datasource") or {}
    return str(source.get("uid", "")) if isinstance(source, dict) else str(source)
