"""The labels of the series that a query returns, as far as they follow from the query."""

from __future__ import annotations

import re
from typing import Any, Final

import promql_parser as promql

from dashboards.lint.syntax import name_of

Labels = frozenset[str] | None

NONE: Final[frozenset[str]] = frozenset()
# The level, the first part of the name of a recording rule, determines its labels.
_LEVELS: Final = {
    "model": frozenset({"namespace", "model"}),
    "model_version": frozenset({"namespace", "model", "version"}),
    "node": frozenset({"node"}),
    "namespace": frozenset({"namespace"}),
}
_EXCEPTIONS: Final = {"node:disk_usage:ratio": frozenset({"node", "mountpoint"})}
_SET_OPERATORS: Final = ("and", "or", "unless")
LEGEND_LABEL: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def labels_of(node: Any) -> Labels:
    """Return the labels of the series that an expression returns; None if they depend on the exporter."""
    if isinstance(node, promql.NumberLiteral | promql.StringLiteral):
        return NONE
    if isinstance(node, promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr):
        return labels_of(node.expr)
    if isinstance(node, promql.MatrixSelector):
        return labels_of(node.vector_selector)
    if isinstance(node, promql.VectorSelector):
        return _EXCEPTIONS.get(name_of(node)) or _LEVELS.get(name_of(node).split(":")[0])
    if isinstance(node, promql.AggregateExpr):
        return _of_aggregation(node)
    if isinstance(node, promql.Call):
        return _of_call(node)
    if isinstance(node, promql.BinaryExpr):
        return _of_operation(node)
    return None


def _of_aggregation(node: promql.AggregateExpr) -> Labels:
    if str(node.op) in ("topk", "bottomk"):
        return labels_of(node.expr)
    if node.modifier is None:
        return NONE
    return frozenset(node.modifier.labels) if node.modifier.type == promql.AggModifierType.By else None


def _of_call(node: promql.Call) -> Labels:
    name, arguments = node.func.name, node.args
    if name in ("vector", "scalar", "time"):
        return NONE
    if name == "histogram_quantile":
        return _without(labels_of(arguments[1]), {"le"})
    if name in ("label_replace", "label_join"):
        labels = labels_of(arguments[0])
        return None if labels is None else labels | {arguments[1].val}
    if name.startswith("absent") or not arguments:
        return None
    return labels_of(arguments[0])


def _of_operation(node: promql.BinaryExpr) -> Labels:
    left, right = labels_of(node.lhs), labels_of(node.rhs)
    operator, modifier = str(node.op), node.modifier
    if operator == "or":
        return None if left is None or right is None else left | right
    if operator in _SET_OPERATORS:
        return left
    if isinstance(node.lhs, promql.NumberLiteral):
        return right
    if isinstance(node.rhs, promql.NumberLiteral) or modifier is None:
        return left
    group = frozenset(modifier.group_labels or ())
    if modifier.card == promql.VectorMatchCardinality.ManyToOne:
        return None if left is None else left | group
    if modifier.card == promql.VectorMatchCardinality.OneToMany:
        return None if right is None else right | group
    if modifier.matching is None:
        return left
    if modifier.matching.type == promql.LabelModifierType.Include:
        return frozenset(modifier.matching.labels)
    return _without(left, set(modifier.matching.labels))


def _without(labels: Labels, removed: set[str]) -> Labels:
    return None if labels is None else labels - removed
