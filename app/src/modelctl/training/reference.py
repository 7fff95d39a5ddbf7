"""Describes training rows, and the model's answers to them, so that a server can tell when requests differ."""

from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.drift.bins import count_classes, count_numbers
from model_server.drift.reference import MAX_FEATURES, ClassShares, NumberShares, Reference, feature_names
from model_server.repository.manifest import Signature

_BINS = 10
# With fewer rows in a bin, its share says more about which rows there happened to be than about where they come from.
_ROWS_PER_BIN = 20

# How far a value may be from a constant and still be taken for it.
_RELATIVE_ROUNDING = 1e-6


def describe_rows(rows: npt.NDArray[Any], answers: npt.NDArray[Any], signature: Signature) -> Reference | None:
    """The reference of training rows, (rows, features), and of what the served model answers to them.

    None where there are more features than a server watches.
    """
    names = feature_names(signature)
    if len(names) > MAX_FEATURES:
        return None
    # What is served has been through the input's type, and may have been rounded there.
    received = rows.astype(signature.input.dtype)
    features = tuple((name, _numbers(received[:, column])) for column, name in enumerate(names))
    return Reference(len(rows), features, _prediction(answers, signature.classes))


def edges_between(values: npt.NDArray[Any], bins: int) -> tuple[float, ...]:
    """Edges that put about as many values into each of `bins` bins, always half-way between two values.

    An edge on a value would make its bin a matter of rounding. Values that are no more than `bins` different ones
    get a bin each; a single value gets one with nothing but itself, between two for what is new.
    """
    distinct, rows = np.unique(values.astype(np.float64), return_counts=True)
    if len(distinct) == 1:
        margin = max(abs(distinct[0]), 1.0) * _RELATIVE_ROUNDING
        return (float(distinct[0] - margin), float(distinct[0] + margin))
    # Halved first: the sum of two large values may be infinite.
    between = distinct[:-1] / 2 + distinct[1:] / 2
    if len(distinct) > bins:
        below = np.cumsum(rows)[:-1]
        wanted = np.arange(1, bins) * (len(values) / bins)
        between = between[np.minimum(np.searchsorted(below, wanted), len(between) - 1)]
    return tuple(np.unique(between).tolist())


def _numbers(values: npt.NDArray[Any]) -> NumberShares:
    edges = edges_between(values, bins=min(max(len(values) // _ROWS_PER_BIN, 2), _BINS))
    counts = count_numbers(values, np.array(edges))
    return NumberShares(edges, tuple((counts / len(values)).tolist()))


def _prediction(answers: npt.NDArray[Any], classes: tuple[str | int, ...]) -> NumberShares | ClassShares:
    if not classes:
        return _numbers(answers.ravel())
    counts = count_classes(answers, classes)[:-1]
    return ClassShares(classes, tuple((counts / len(answers)).tolist()))
