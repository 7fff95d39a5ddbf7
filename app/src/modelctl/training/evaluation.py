"""Evaluate a classifier on held-out rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelctl.training.table import Label


def evaluate(
    labels: Sequence[Label], probabilities: npt.NDArray[np.float64], classes: Sequence[Label]
) -> dict[str, Any]:
    """Return accuracy, log loss and per-class metrics.

    `labels` has one true class per row; `probabilities` has the shape (rows, classes), columns in the order
    of `classes`. The predicted class is the most probable one. A metric whose denominator is zero is 0.
    """
    index = {name: column for column, name in enumerate(classes)}
    truth = np.array([index[label] for label in labels])
    predicted = np.argmax(probabilities, axis=1)
    likelihood = probabilities[np.arange(len(truth)), truth]
    # A probability of 0 would make the loss infinite, which JSON cannot represent.
    floor = np.finfo(np.float64).eps
    per_class = {}
    for name, column in index.items():
        hits = int(np.sum((predicted == column) & (truth == column)))
        precision = _share(hits, int(np.sum(predicted == column)))
        recall = _share(hits, int(np.sum(truth == column)))
        per_class[str(name)] = {
            "precision": precision,
            "recall": recall,
            "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
            "rows": int(np.sum(truth == column)),
        }
    return {
        "rows": len(truth),
        "accuracy": float(np.mean(predicted == truth)),
        "log_loss": float(-np.mean(np.log(np.clip(likelihood, floor, 1.0)))),
        "per_class": per_class,
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
