"""Syntax trees of a dashboard's queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser as promql

from dashboards.model import Dashboard, Panel, Target
from dashboards.queries import Window, interpolate, variable_values
from devkit.errors import UserError


@dataclass(frozen=True)
class Parsed:
    """A query with its syntax tree."""

    panel: Panel
    target: Target
    tree: Any


def parse(dashboard: Dashboard, target: Target) -> Any:
    """Parse a query with its variables interpolated.

    Raises ValueError for invalid PromQL and UserError for an undeclared variable.
    """
    return promql.parse(interpolate(target.expression, variable_values(dashboard, {}, Window())))


def parsed(dashboard: Dashboard) -> Iterator[Parsed]:
    """Yield every query that parses; the rule ``query_syntax`` reports the others."""
    for panel in dashboard.panels:
        for target in panel.targets:
            try:
                yield Parsed(panel, target, parse(dashboard, target))
            except (ValueError, UserError):
                continue


def children(node: Any) -> list[Any]:
    """Return the child nodes of a node."""
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


def walk(node: Any, ancestors: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield a node and its descendants, each with its ancestors, the parent last."""
    yield node, ancestors
    for child in children(node):
        yield from walk(child, (*ancestors, node))


def selectors(tree: Any) -> Iterator[tuple[promql.VectorSelector, tuple[Any, ...]]]:
    """Yield every vector selector with its ancestors."""
    for node, ancestors in walk(tree):
        if isinstance(node, promql.VectorSelector):
            yield node, ancestors


def name_of(selector: promql.VectorSelector) -> str:
    """Return the name of the selected metric; empty if the selector has none."""
    names = [matcher.value for matcher in selector.matchers.matchers if matcher.name == "__name__"]
    return selector.name or (names[0] if names else "")
