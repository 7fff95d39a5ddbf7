"""Counts rows into bins. Training and serving count with the same functions, so a value on an edge has one place."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.drift.reference import ClassShares, NumberShares, Reference

Counts = npt.NDArray[np.int64]
Edges = npt.NDArray[np.float64]


def count_numbers(values: npt.NDArray[Any], edges: Edges) -> Counts:
    """How many of `values` are in each bin, (edges + 1,). A value that is an edge belongs to the bin below it."""
    places = np.searchsorted(edges, values, side="left")
    return np.bincount(places, minlength=len(edges) + 1)


def count_classes(prediction: npt.NDArray[Any], classes: Sequence[str | int]) -> Counts:
    """How many rows are of each class, (classes + 1,); the last one is for labels that are no class.

    `prediction` holds labels, (rows,), or a value for each class, (rows, classes): then the highest one counts.
    """
    counts = np.zeros(len(classes) + 1, dtype=np.int64)
    if prediction.ndim > 1:
        counts[:-1] = np.bincount(prediction.argmax(axis=1), minlength=len(classes))
        return counts
    places = {label: place for place, label in enumerate(classes)}
    for label, rows in Counter(prediction.tolist()).items():
        counts[places.get(label, len(classes))] += rows
    return counts


class ReferenceBins:
    """The bins of a reference in one row: those of each feature in turn, then those of the prediction.

    `starts` are the places where a feature's bins begin, `shares` the reference's own shares.
    """

    def __init__(self, reference: Reference) -> None:
        self._edges = [np.array(histogram.edges, dtype=np.float64) for _, histogram in reference.features]
        self._count_prediction = _prediction_counter(reference.prediction)
        parts = [histogram.shares for _, histogram in reference.features]
        # No training row was of another class.
        extra = (0.0,) if isinstance(reference.prediction, ClassShares) else ()
        parts.append(reference.prediction.shares + extra)
        self.starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        self.shares = np.concatenate([np.array(part, dtype=np.float64) for part in parts])

    def count(self, rows: npt.NDArray[Any], prediction: npt.NDArray[Any]) -> Counts:
        """Count rows, (rows, features), and the answers to them."""
        parts = [count_numbers(rows[:, column], edges) for column, edges in enumerate(self._edges)]
        parts.append(self._count_prediction(prediction))
        return np.concatenate(parts)


def _prediction_counter(known: NumberShares | ClassShares) -> Callable[[npt.NDArray[Any]], Counts]:
    if isinstance(known, ClassShares):
        return partial(count_classes, classes=known.classes)
    edges = np.array(known.edges, dtype=np.float64)
    return lambda prediction: count_numbers(prediction.ravel(), edges)
