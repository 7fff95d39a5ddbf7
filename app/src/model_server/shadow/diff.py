"""How many rows of two answers differ. What the other version has sent is not trusted to be anything."""

import json
import math
from typing import Any


class ShapeError(Exception):
    """The two answers cannot be compared row by row."""


def read_prediction(body: bytes) -> list[Any]:
    """The entries of `{"prediction": […]}`. Raises ShapeError."""
    try:
        document = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ShapeError("it is not JSON") from error
    prediction = document.get("prediction") if isinstance(document, dict) else None
    if not isinstance(prediction, list):
        raise ShapeError("it has no list of predictions")
    return prediction


def disagreeing_rows(ours: list[Any], theirs: list[Any], classifies: bool, tolerance: float) -> int:
    """Count the rows whose entries differ. `classifies`: the model's answers are classes. Raises ShapeError."""
    if len(ours) != len(theirs):
        raise ShapeError(f"it has {len(theirs)} rows, not {len(ours)}")
    return sum(_differs(own, other, classifies, tolerance) for own, other in zip(ours, theirs, strict=True))


def _differs(own: Any, other: Any, classifies: bool, tolerance: float) -> bool:
    if isinstance(own, list):
        if not isinstance(other, list) or len(own) != len(other):
            raise ShapeError("a row has another form")
        if classifies and len(own) > 1 and all(map(_is_number, own)):
            return _highest(own) != _highest(other)
        # All are looked at, so that a row of another form is one wherever the numbers begin to differ.
        differing = [_differs(*pair, classifies=False, tolerance=tolerance) for pair in zip(own, other, strict=True)]
        return any(differing)
    if _is_number(own) and _is_number(other):
        return bool(own != other) if classifies else _far_apart(own, other, tolerance)
    if type(own) is not type(other):
        raise ShapeError("a row has another form")
    return bool(own != other)


def _highest(probabilities: list[Any]) -> int:
    if not all(map(_is_number, probabilities)):
        raise ShapeError("a row has another form")
    return max(range(len(probabilities)), key=probabilities.__getitem__)


def _far_apart(own: float, other: float, tolerance: float) -> bool:
    try:
        distance, larger = abs(own - other), max(abs(own), abs(other))
        # Of infinities nothing else is true; and a number that JSON can write may be one.
        return math.isinf(larger) or distance > tolerance * larger
    except OverflowError:
        # Whole numbers of any length are JSON, too.
        return bool(own != other)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
