"""Rules about queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import promql_parser as promql

from dashboards.lint import metrics
from dashboards.lint.labels import LEGEND_LABEL, labels_of
from dashboards.lint.problem import Finding
from dashboards.lint.syntax import name_of, parse, parsed, selectors, within
from dashboards.reading import Dashboard
from devkit.errors import UserError

_RATES: Final = ("rate", "irate", "increase")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_RANGE: Final = re.compile(r"\[([^\]]*)\]")
# What one figure or one line of the time shown may be about.
_RANGES: Final = ("$__rate_interval", "$__range")
_COUNTED: Final = re.compile(r"_(total|sum|count|bucket)$")
_WITH_LEGENDS: Final = ("timeseries", "bargauge")


def syntax_of_queries(dashboard: Dashboard) -> Iterator[Finding]:
    """Every panel asks something, and all of it is PromQL."""
    for panel in dashboard.panels:
        if not panel.targets:
            yield Finding(panel.title, "it has no query.", "Give it one.")
        for target in panel.targets:
            try:
                parse(dashboard, target)
            except ValueError as error:
                yield Finding(panel.title, f"query {target.ref_id} is no PromQL: {error}.", "Mend it.")
            except UserError as error:
                yield Finding(panel.title, f"query {target.ref_id}: {error.cause}", error.remedy)


def ranges(dashboard: Dashboard) -> Iterator[Finding]:
    """A range fits the time shown and the scrape interval, whatever these are."""
    for panel in dashboard.panels:
        for target in panel.targets:
            for found in _RANGE.findall(_STRING.sub('""', target.expression)):
                if found not in _RANGES:
                    yield Finding(
                        panel.title,
                        f"query {target.ref_id} looks back over [{found}].",
                        "Use $__rate_interval, or $__range for a figure about all the time shown.",
                    )


def counters(dashboard: Dashboard) -> Iterator[Finding]:
    """A counter says how long a process has run; only its rate says anything else."""
    for query in parsed(dashboard):
        for selector, above in selectors(query.tree):
            name = name_of(selector)
            counts = _COUNTED.search(name) and ":" not in name
            in_rate = len(above) >= 2 and isinstance(above[-2], promql.Call) and above[-2].func.name in _RATES
            if counts and not in_rate:
                yield Finding(query.panel.title, f"the counter {name} is shown as it is.", "Put it into rate().")
            if not counts and in_rate:
                yield Finding(query.panel.title, f"{name} is no counter, and has no rate.", "Use delta() or deriv().")


def quantiles(dashboard: Dashboard) -> Iterator[Finding]:
    """A quantile is that of all pods together: buckets are added up before, and keep their bounds."""
    for query in parsed(dashboard):
        for node, _ in within(query.tree):
            if isinstance(node, promql.Call) and node.func.name == "histogram_quantile" and not _adds_up(node.args[1]):
                yield Finding(
                    query.panel.title,
                    "histogram_quantile is not over a sum by (…, le).",
                    "Write histogram_quantile(q, sum by (…, le) (rate(…_bucket[$__rate_interval]))).",
                )


def legends(dashboard: Dashboard) -> Iterator[Finding]:
    """Every series has a name of its own, made of labels that it has."""
    # A variable of which one value is chosen is the same in every series; its name is that of a label.
    chosen = frozenset(variable.name for variable in dashboard.variables if not variable.many)
    for panel in dashboard.panels:
        if panel.kind in _WITH_LEGENDS:
            for legend, count in Counter(target.legend for target in panel.targets).items():
                if count > 1:
                    yield Finding(panel.title, f"{count} queries have the legend {legend!r}.", "Name what differs.")
    for query in parsed(dashboard):
        if query.panel.kind not in _WITH_LEGENDS:
            continue
        legend, labels = query.target.legend, labels_of(query.tree)
        named = frozenset(LEGEND_LABEL.findall(legend))
        if not legend or legend == "__auto":
            yield Finding(query.panel.title, f"query {query.target.ref_id} has no legend.", "Give it one.")
        elif labels is None:
            yield Finding(
                query.panel.title,
                f"query {query.target.ref_id} does not say which labels its answer has.",
                "Aggregate it by the labels that the legend names.",
            )
        elif missing := sorted(named - labels):
            yield Finding(query.panel.title, f"its legend names {', '.join(missing)}, which it lacks.", "Mend either.")
        elif same := sorted(labels - named - chosen):
            yield Finding(
                query.panel.title,
                f"series that differ in {', '.join(same)} have the same legend {legend!r}.",
                "Name these labels in the legend, or aggregate them away.",
            )


def single_figures(dashboard: Dashboard) -> Iterator[Finding]:
    """A panel for one figure gets one series."""
    for query in parsed(dashboard):
        if query.panel.kind in ("stat", "gauge") and labels_of(query.tree) != frozenset():
            yield Finding(query.panel.title, "its query can give several series.", "Aggregate all labels away.")


def table_keys(dashboard: Dashboard) -> Iterator[Finding]:
    """The lines of a table are joined by all labels: every column has the same, and none has a metric's name."""
    queries = list(parsed(dashboard))
    for panel in dashboard.panels:
        if panel.kind != "table":
            continue
        of_panel = {query.target.ref_id: query.tree for query in queries if query.panel.raw is panel.raw}
        for ref, tree in of_panel.items():
            if not _drops_name(tree):
                yield Finding(panel.title, f"query {ref} may keep the metric's name.", "Aggregate it by the keys.")
        labels = {ref: labels_of(tree) for ref, tree in of_panel.items()}
        if len(set(labels.values())) > 1:
            told = "; ".join(f"{ref}: {', '.join(sorted(found or ['unknown']))}" for ref, found in labels.items())
            yield Finding(panel.title, f"its columns have different labels: {told}.", "Aggregate all by the keys.")


def jobs(dashboard: Dashboard) -> Iterator[Finding]:
    """Jobs have other names where the Prometheus operator scrapes."""
    for query in parsed(dashboard):
        for selector, _ in selectors(query.tree):
            if any(matcher.name == "job" for matcher in selector.matchers.matchers):
                yield Finding(query.panel.title, f"{name_of(selector)} is selected by its job.", "Leave the job out.")


def known_metrics(dashboard: Dashboard) -> Iterator[Finding]:
    """Every metric is emitted by an exporter, or recorded by a rule."""
    known = metrics.known()
    for query in parsed(dashboard):
        for selector, _ in selectors(query.tree):
            if name_of(selector) not in known:
                yield Finding(
                    query.panel.title,
                    f"no exporter emits {name_of(selector) or 'a selector without a name'}, and no rule records it.",
                    "Mend the name; or add it to docs/monitoring.md, the rules, or dashboards/lint/exporters.yaml.",
                )


def _adds_up(node: Any) -> bool:
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return isinstance(node, promql.AggregateExpr) and str(node.op) == "sum" and "le" in (labels_of(node) or ())


def _drops_name(node: Any) -> bool:
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return isinstance(node, promql.AggregateExpr) and str(node.op) not in ("topk", "bottomk")
