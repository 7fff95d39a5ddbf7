"""PromQL as a tree: the queries of a dashboard parsed, and what is inside what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser as promql

from dashboards.queries import Window, filled, filling
from dashboards.reading import Dashboard, Panel, Target
from devkit.errors import UserError


@dataclass(frozen=True)
class Parsed:
    """A query with the tree that was made of it."""

    panel: Panel
    target: Target
    tree: Any


def parse(dashboard: Dashboard, target: Target) -> Any:
    """The tree of a query, all variables filled in; raises ValueError or UserError."""
    return promql.parse(filled(target.expression, filling(dashboard, {}, Window())))


def parsed(dashboard: Dashboard) -> Iterator[Parsed]:
    """Every query that parses; one that does not has a rule of its own."""
    for panel in dashboard.panels:
        for target in panel.targets:
            try:
                yield Parsed(panel, target, parse(dashboard, target))
            except (ValueError, UserError):
                continue


def children(node: Any) -> list[Any]:
    """What a node is made of."""
    if isinstance(node, promql.BinaryExpr):
        return [node.lhs, node.rhs]
    if isinstance(node, promql.Call):
        return list(node.args)
    if isinstance(node, promql.MatrixSelector):
        return [node.vector_selector]
    if isinstance(node, promql.AggregateExpr):
        return [node.expr, *([node.param] if isinstance(node.param, promql.Expr) else [])]
    if isinstance(node, promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr):
        return [node.expr]
    return []


def within(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """A node and all below it, each with what it stands in, the nearest last."""
    yield node, above
    for child in children(node):
        yield from within(child, (*above, node))


def selectors(tree: Any) -> Iterator[tuple[promql.VectorSelector, tuple[Any, ...]]]:
    """Every selection of series, with what it stands in."""
    for node, above in within(tree):
        if isinstance(node, promql.VectorSelector):
            yield node, above


def name_of(selector: promql.VectorSelector) -> str:
    """The metric that is selected."""
    named = [matcher.value for matcher in selector.matchers.matchers if matcher.name == "__name__"]
    return selector.name or (named[0] if named else "")
