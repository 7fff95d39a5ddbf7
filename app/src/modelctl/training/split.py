"""Split rows into training and held-out rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelctl.errors import ModelctlError
from modelctl.training.table import Label

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row numbers in ascending order; 0 is the first row below the header."""

    training: Indices
    held_out: Indices


def stratified_split(labels: Sequence[Label], holdout: float, seed: int) -> Split:
    """Hold out the share `holdout` of each class, at least one row and never all.

    The same arguments produce the same split. Raises ModelctlError for a single class, or a class with too few rows.
    """
    classes = sorted(set(labels), key=str)
    if len(classes) < 2:
        raise ModelctlError(
            f"the target has only one class, {classes[0]!r}.",
            "add rows of another class",
        )
    generator = np.random.default_rng(seed)
    held_out: list[int] = []
    for name in classes:
        members = [row for row, label in enumerate(labels) if label == name]
        if len(members) < 2:
            raise ModelctlError(
                f"the class {name!r} has only {len(members)} row, but training and evaluation need one each.",
                "add rows of that class, or remove it",
            )
        count = min(max(round(len(members) * holdout), 1), len(members) - 1)
        held_out += [int(row) for row in generator.permutation(members)[:count]]
    chosen = np.array(sorted(held_out), dtype=np.int64)
    return Split(np.setdiff1d(np.arange(len(labels), dtype=np.int64), chosen), chosen)
