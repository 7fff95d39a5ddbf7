"""Describe the training rows and the model's answers to them, from which a server computes drift."""

from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.drift.bins import count_classes, count_numbers
from model_server.drift.reference import MAX_FEATURES, ClassShares, NumberShares, Reference, feature_names
from model_server.repository.manifest import Signature

_BINS = 10
# The share of a bin with fewer rows would be noise.
_ROWS_PER_BIN = 20

# The relative distance from a constant within which a value counts as equal.
_RELATIVE_ROUNDING = 1e-6


def describe_rows(rows: npt.NDArray[Any], answers: npt.NDArray[Any], signature: Signature) -> Reference | None:
    """Return the reference of training rows, (rows, features), and of the served model's answers to them.

    Returns None if there are more features than a server computes drift for.
    """
    names = feature_names(signature)
    if len(names) > MAX_FEATURES:
        return None
    # The server converts requests to the input's type, which may round them.
    received = rows.astype(signature.input.dtype)
    features = tuple((name, _numbers(received[:, column])) for column, name in enumerate(names))
    return Reference(len(rows), features, _prediction(answers, signature.classes))


def edges_between(values: npt.NDArray[Any], bins: int) -> tuple[float, ...]:
    """Return edges of `bins` bins with about equally many values, each edge half-way between two values.

    With an edge on a value, its bin would depend on rounding. Up to `bins` distinct values have a bin each; a single
    value has one of its own, between two for other values.
    """
    distinct, rows = np.unique(values.astype(np.float64), return_counts=True)
    if len(distinct) == 1:
        margin = max(abs(distinct[0]), 1.0) * _RELATIVE_ROUNDING
        return (float(distinct[0] - margin), float(distinct[0] + margin))
    # Halved before adding, because the sum of two large values may be infinite.
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
