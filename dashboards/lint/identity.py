"""Rules on uids, panel ids, data sources, variables, links and size."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from dashboards.links import UIDS
from dashboards.lint.problem import Finding
from dashboards.model import Dashboard
from dashboards.queries import referenced_variables

# A client-side apply stores the whole object again in an annotation, which is limited to 256 KiB.
MAX_BYTES: Final = 200 * 1024
_DASHBOARD_LINK: Final = re.compile(r"/d/([\w-]+)")
_DATASOURCE: Final = "${datasource}"


def uid_and_schema(dashboard: Dashboard) -> Iterator[Finding]:
    """The uid is one of `links`, and the schema is the classic one."""
    if dashboard.uid not in UIDS:
        yield Finding("", f"the uid {dashboard.uid!r} is unknown.", f"Use one of {', '.join(sorted(UIDS))}.")
    if not isinstance(dashboard.raw.get("schemaVersion"), int):
        yield Finding("", "the schema is not the classic one: schemaVersion is missing.", "Build it with `layout`.")
    if dashboard.raw.get("id") is not None:
        yield Finding("", "the dashboard has an id, which is specific to one Grafana.", "Remove the id.")


def unique_uids(dashboards: Sequence[Dashboard]) -> Iterator[tuple[str, Finding]]:
    """No two dashboards share a uid: Grafana would load only one of them."""
    for uid, count in Counter(dashboard.uid for dashboard in dashboards).items():
        if count > 1:
            yield uid, Finding("", f"{count} dashboards have this uid.", "Give each dashboard its own uid.")


def panel_ids(dashboard: Dashboard) -> Iterator[Finding]:
    """Every panel has an id of its own: links to a panel use it."""
    ids = Counter(panel.raw.get("id") for panel in dashboard.all_panels)
    for panel in dashboard.all_panels:
        panel_id = panel.raw.get("id")
        if not isinstance(panel_id, int) or ids[panel_id] > 1:
            yield Finding(panel.title, f"the panel id {panel_id} is not unique.", "Let `layout` assign the ids.")


def data_sources(dashboard: Dashboard) -> Iterator[Finding]:
    """Every query uses the selected data source: there may be several Prometheus servers."""
    if not any(variable.type == "datasource" and variable.name == "datasource" for variable in dashboard.variables):
        yield Finding("", "the variable `datasource` is missing.", "Start the variables with `variables.datasource()`.")
    for panel in dashboard.panels:
        for holder in (panel.raw, *(target.raw for target in panel.targets)):
            if _uid(holder) != _DATASOURCE:
                yield Finding(panel.title, f"the data source is {_uid(holder)!r}.", f"Use {_DATASOURCE}.")
    for variable in dashboard.variables:
        if variable.type == "query" and _uid(variable.raw) != _DATASOURCE:
            yield Finding(
                "", f"the data source of the variable {variable.name} is {_uid(variable.raw)!r}.", f"Use {_DATASOURCE}."
            )


def variables(dashboard: Dashboard) -> Iterator[Finding]:
    """Every variable is declared before it is used, and every declared variable is used."""
    declared = [variable.name for variable in dashboard.variables]
    before: list[str] = []
    for variable in dashboard.variables:
        for name in sorted(_custom_variables(json.dumps(variable.raw)) - set(before)):
            yield Finding(
                "", f"the variable {variable.name} uses {name}, which is declared below it.", "Reorder the variables."
            )
        before.append(variable.name)
    for panel in dashboard.all_panels:
        for name in sorted(_custom_variables(json.dumps(panel.raw)) - set(declared)):
            yield Finding(panel.title, f"the variable {name} is not declared.", "Declare or remove it.")
    parts = [*(panel.raw for panel in dashboard.all_panels), *(variable.raw for variable in dashboard.variables)]
    everywhere = set().union(*(_custom_variables(json.dumps(part)) for part in parts))
    for name in declared:
        if name not in everywhere:
            yield Finding("", f"the variable {name} is unused.", "Use it in queries, or remove it.")


def links(dashboard: Dashboard) -> Iterator[Finding]:
    """Links to dashboards use known uids."""
    for panel in dashboard.all_panels:
        for uid in _DASHBOARD_LINK.findall(json.dumps(panel.raw)):
            if uid not in UIDS:
                yield Finding(panel.title, f"the link target {uid} is not one of our dashboards.", "Correct the uid.")


def size(dashboard: Dashboard) -> Iterator[Finding]:
    """A dashboard fits into a ConfigMap, even one that is applied on the client side."""
    length = len(json.dumps(dashboard.raw, indent=2, ensure_ascii=False).encode())
    if length > MAX_BYTES:
        yield Finding("", f"the dashboard has {length} bytes, more than {MAX_BYTES}.", "Split it into two dashboards.")


def _custom_variables(text: str) -> set[str]:
    """Return the variables of a text without Grafana's built-in ones."""
    return {name for name in referenced_variables(text) if not name.startswith("__")}


def _uid(holder: dict[str, Any]) -> str:
    source = holder.get("datasource") or {}
    return str(source.get("uid", "")) if isinstance(source, dict) else str(source)
