"""Counts the rows on which two answers disagree. The other version's answer is untrusted: it may have any form."""

import math
from typing import Any

from model_server.protocols.base import ShapeError

_OTHER_FORM = "a row has a different form"


def disagreeing_rows(ours: list[Any], theirs: list[Any], classifies: bool, tolerance: float) -> int:
    """Return the number of rows whose entries differ.

    `classifies` says that the model's answers are classes or vectors of their probabilities. `tolerance` is relative to
    the larger of two numbers. Raises ShapeError if the answers cannot be compared.
    """
    if len(ours) != len(theirs):
        raise ShapeError(f"the answer has {len(theirs)} rows instead of {len(ours)}")
    return sum(_differs(own, other, classifies, tolerance) for own, other in zip(ours, theirs, strict=True))


def _differs(own: Any, other: Any, classifies: bool, tolerance: float) -> bool:
    if isinstance(own, list):
        if not isinstance(other, list) or len(own) != len(other):
            raise ShapeError(_OTHER_FORM)
        if classifies and len(own) > 1 and all(map(_is_number, own)):
            return _argmax(own) != _argmax(other)
        # Every pair is checked: any() on a generator would stop at the first difference and miss a row of another form.
        differing = [_differs(*pair, classifies=False, tolerance=tolerance) for pair in zip(own, other, strict=True)]
        return any(differing)
    if _is_number(own) and _is_number(other):
        return bool(own != other) if classifies else _far_apart(own, other, tolerance)
    if type(own) is not type(other):
        raise ShapeError(_OTHER_FORM)
    return bool(own != other)


def _argmax(probabilities: list[Any]) -> int:
    if not all(map(_is_number, probabilities)):
        raise ShapeError(_OTHER_FORM)
    return max(range(len(probabilities)), key=probabilities.__getitem__)


def _far_apart(own: float, other: float, tolerance: float) -> bool:
    try:
        distance, larger = abs(own - other), max(abs(own), abs(other))
        # JSON can hold numbers such as 1e999, which parse as infinity; their relative distance is undefined.
        return math.isinf(larger) or distance > tolerance * larger
    except OverflowError:
        # JSON integers have no upper limit.
        return bool(own != other)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)
