"""Rules on queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import promql_parser as promql

from dashboards.lint import metrics
from dashboards.lint.labels import LEGEND_LABEL, labels_of
from dashboards.lint.problem import Finding
from dashboards.lint.syntax import name_of, parse, parsed, selectors, walk
from dashboards.model import Dashboard
from devkit.errors import UserError

_RATES: Final = ("rate", "irate", "increase")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_RANGE: Final = re.compile(r"\[([^\]]*)\]")
_RANGES: Final = ("$__rate_interval", "$__range")
_COUNTED: Final = re.compile(r"_(total|sum|count|bucket)$")
_WITH_LEGENDS: Final = ("timeseries", "bargauge")


def query_syntax(dashboard: Dashboard) -> Iterator[Finding]:
    """Every panel has a query, and every query is valid PromQL."""
    for panel in dashboard.panels:
        if not panel.targets:
            yield Finding(panel.title, "the panel has no query.", "Add one.")
        for target in panel.targets:
            try:
                parse(dashboard, target)
            except ValueError as error:
                yield Finding(panel.title, f"query {target.ref_id} is not valid PromQL: {error}.", "Correct it.")
            except UserError as error:
                yield Finding(panel.title, f"query {target.ref_id}: {error.cause}", error.remedy)


def ranges(dashboard: Dashboard) -> Iterator[Finding]:
    """Every range adapts to the time range and the scrape interval."""
    for panel in dashboard.panels:
        for target in panel.targets:
            for found in _RANGE.findall(_STRING.sub('""', target.expression)):
                if found not in _RANGES:
                    yield Finding(
                        panel.title,
                        f"query {target.ref_id} has the fixed range [{found}].",
                        "Use $__rate_interval, or $__range for a value over the whole time range.",
                    )


def counters(dashboard: Dashboard) -> Iterator[Finding]:
    """A counter is used only inside rate(), because it grows with uptime; and rate() only takes counters."""
    for query in parsed(dashboard):
        for selector, ancestors in selectors(query.tree):
            name = name_of(selector)
            counts = _COUNTED.search(name) and ":" not in name
            in_rate = (
                len(ancestors) >= 2 and isinstance(ancestors[-2], promql.Call) and ancestors[-2].func.name in _RATES
            )
            if counts and not in_rate:
                yield Finding(query.panel.title, f"the counter {name} is used without rate().", "Wrap it in rate().")
            if not counts and in_rate:
                yield Finding(
                    query.panel.title, f"{name} is not a counter, so rate() is meaningless.", "Use delta() or deriv()."
                )


def quantiles(dashboard: Dashboard) -> Iterator[Finding]:
    """Quantiles are computed over all pods: histogram_quantile takes a sum of buckets that keeps the label `le`."""
    for query in parsed(dashboard):
        for node, _ in walk(query.tree):
            if (
                isinstance(node, promql.Call)
                and node.func.name == "histogram_quantile"
                and not _is_sum_by_le(node.args[1])
            ):
                yield Finding(
                    query.panel.title,
                    "the argument of histogram_quantile is not a sum by (…, le).",
                    "Write histogram_quantile(q, sum by (…, le) (rate(…_bucket[$__rate_interval]))).",
                )


def legends(dashboard: Dashboard) -> Iterator[Finding]:
    """Every series has a unique legend that uses only labels of the series."""
    # The label of a single-value variable has the same value in every series, so that the legend may omit it.
    selected = frozenset(variable.name for variable in dashboard.variables if not variable.multi)
    for panel in dashboard.panels:
        if panel.type in _WITH_LEGENDS:
            for legend, count in Counter(target.legend for target in panel.targets).items():
                if count > 1:
                    yield Finding(
                        panel.title, f"{count} queries have the legend {legend!r}.", "Make the legends different."
                    )
    for query in parsed(dashboard):
        if query.panel.type not in _WITH_LEGENDS:
            continue
        legend, labels = query.target.legend, labels_of(query.tree)
        named = frozenset(LEGEND_LABEL.findall(legend))
        if not legend or legend == "__auto":
            yield Finding(query.panel.title, f"query {query.target.ref_id} has no legend.", "Set one.")
        elif labels is None:
            yield Finding(
                query.panel.title,
                f"the labels of query {query.target.ref_id} cannot be determined.",
                "Aggregate it by the labels that the legend names.",
            )
        elif missing := sorted(named - labels):
            yield Finding(
                query.panel.title,
                f"the legend names {', '.join(missing)}, which the query does not return.",
                "Correct either.",
            )
        elif same := sorted(labels - named - selected):
            yield Finding(
                query.panel.title,
                f"series that differ in {', '.join(same)} share the legend {legend!r}.",
                "Add these labels to the legend, or aggregate them away.",
            )


def stat_series(dashboard: Dashboard) -> Iterator[Finding]:
    """The query of a stat or gauge panel returns exactly one series."""
    for query in parsed(dashboard):
        if query.panel.type in ("stat", "gauge") and labels_of(query.tree) != frozenset():
            yield Finding(query.panel.title, "the query can return several series.", "Aggregate all labels away.")


def table_keys(dashboard: Dashboard) -> Iterator[Finding]:
    """All columns of a table return the same labels and no metric name, so that their rows can be joined."""
    queries = list(parsed(dashboard))
    for panel in dashboard.panels:
        if panel.type != "table":
            continue
        trees = {query.target.ref_id: query.tree for query in queries if query.panel.raw is panel.raw}
        for ref, tree in trees.items():
            if not _drops_name(tree):
                yield Finding(panel.title, f"query {ref} may keep the metric name.", "Aggregate it by the key labels.")
        labels = {ref: labels_of(tree) for ref, tree in trees.items()}
        if len(set(labels.values())) > 1:
            details = "; ".join(f"{ref}: {', '.join(sorted(found or ['unknown']))}" for ref, found in labels.items())
            yield Finding(
                panel.title, f"the columns have different labels: {details}.", "Aggregate all by the key labels."
            )


def jobs(dashboard: Dashboard) -> Iterator[Finding]:
    """No query selects by job: the Prometheus Operator gives jobs other names."""
    for query in parsed(dashboard):
        for selector, _ in selectors(query.tree):
            if any(matcher.name == "job" for matcher in selector.matchers.matchers):
                yield Finding(
                    query.panel.title, f"{name_of(selector)} is selected by job.", "Remove the matcher on job."
                )


def known_metrics(dashboard: Dashboard) -> Iterator[Finding]:
    """Every metric is exported by a known program or recorded by a rule."""
    known = metrics.known()
    for query in parsed(dashboard):
        for selector, _ in selectors(query.tree):
            if name_of(selector) not in known:
                yield Finding(
                    query.panel.title,
                    f"the metric {name_of(selector) or '(selector without a name)'} is neither exported nor recorded.",
                    "Correct the name; or add it to the server, the rules, or dashboards/lint/exporters.yaml.",
                )


def _is_sum_by_le(node: Any) -> bool:
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return isinstance(node, promql.AggregateExpr) and str(node.op) == "sum" and "le" in (labels_of(node) or ())


def _drops_name(node: Any) -> bool:
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return isinstance(node, promql.AggregateExpr) and str(node.op) not in ("topk", "bottomk")
