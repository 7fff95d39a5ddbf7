"""Counts rows in bins. Training and serving use the same functions, so a value on an edge is in the same bin."""

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
    """Return the number of `values` in each bin, (edges + 1,). A value that is an edge belongs to the bin below it."""
    places = np.searchsorted(edges, values, side="left")
    return np.bincount(places, minlength=len(edges) + 1)


def count_classes(prediction: npt.NDArray[Any], classes: Sequence[str | int]) -> Counts:
    """Return the number of rows of each class, (classes + 1,); the last one is for unknown labels.

    `prediction` holds labels, (rows,), or a value per class, (rows, classes), of which the highest one counts.
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
    """The bins of a reference as one vector: those of each feature in order, then those of the prediction.

    `starts` are the indices of the first bin of each histogram, `shares` the shares of the reference.
    """

    def __init__(self, reference: Reference) -> None:
        self._edges = [np.array(histogram.edges, dtype=np.float64) for _, histogram in reference.features]
        self._count_prediction = _prediction_counter(reference.prediction)
        parts = [histogram.shares for _, histogram in reference.features]
        # The training rows have no unknown class.
        extra = (0.0,) if isinstance(reference.prediction, ClassShares) else ()
        parts.append(reference.prediction.shares + extra)
        self.starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        self.shares = np.concatenate([np.array(part, dtype=np.float64) for part in parts])

    def count(self, rows: npt.NDArray[Any], prediction: npt.NDArray[Any]) -> Counts:
        """Count rows, (rows, features), and their predictions."""
        parts = [count_numbers(rows[:, column], edges) for column, edges in enumerate(self._edges)]
        parts.append(self._count_prediction(prediction))
        return np.concatenate(parts)


def _prediction_counter(known: NumberShares | ClassShares) -> Callable[[npt.NDArray[Any]], Counts]:
    if isinstance(known, ClassShares):
        return partial(count_classes, classes=known.classes)
    edges = np.array(known.edges, dtype=np.float64)
    return lambda prediction: count_numbers(prediction.ravel(), edges)
