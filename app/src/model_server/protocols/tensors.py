"""JSON to tensors: the validation that all protocols share.

Every value is checked: numpy alone would accept `true` as 1 and "5.1" as 5.1, and guessing a feature silently is worse
than an error.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.errors import BadRequestError
from model_server.repository.manifest import Signature

_NUMBERS = {int, float}
_KIND_NAMES = {bool: "a boolean", str: "a string", type(None): "null", dict: "an object", list: "a list"}


def parse_json_object(body: bytes) -> dict[str, Any]:
    """Read a request body as a JSON object. Raises BadRequestError."""
    try:
        document = json.loads(body)
    except RecursionError:
        raise BadRequestError("body: nested too deeply") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequestError(f"body: not JSON: {error.msg} at {where}") from None
    except ValueError as error:
        raise BadRequestError(f"body: not JSON: {error}") from None
    if not isinstance(document, dict):
        raise BadRequestError(f"body: not a JSON object but {_kind(document)}")
    return document


def to_batch(field: str, data: Any, signature: Signature, max_rows: int) -> npt.NDArray[Any]:
    """Check `data` against the model's input and return it as (rows, *input shape).

    A single row is a batch of one. Every message begins with `field`. Raises BadRequestError.
    """
    tensor = signature.input
    row_shape = tensor.shape[1:]
    if not isinstance(data, list):
        raise BadRequestError(f"{field}: not a list but {_kind(data)}; send a list of rows")
    if not data:
        raise BadRequestError(f"{field}: empty; send at least one row")
    rows = [data] if _depth(data) == len(row_shape) and row_shape else data
    if len(rows) > max_rows:
        raise BadRequestError(f"{field}: {len(rows)} rows; at most {max_rows} are answered in one request")
    for index, row in enumerate(rows):
        _check(field, row, row_shape, (index,), tensor.dtype, signature.features)
    try:
        # An overflow to infinity is reported below, with its position.
        with np.errstate(over="ignore"):
            batch = np.array(rows, dtype=tensor.dtype)
    except OverflowError:
        raise BadRequestError(f"{field}: a number is too large for {tensor.dtype}") from None
    if batch.dtype.kind == "f" and not np.isfinite(batch).all():
        place = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(batch)))
        value = _at(rows, place)
        problem = "is too large for " + tensor.dtype if np.isfinite(value) else f"is {value}, not a finite number"
        raise BadRequestError(f"{field}: the value at {_place(place)} {problem}")
    return batch


def _check(
    field: str,
    value: Any,
    shape: tuple[int, ...],
    place: tuple[int, ...],
    dtype: str,
    features: tuple[str, ...],
) -> None:
    """Check that `value` is nested lists of numbers of exactly `shape`."""
    if not shape:
        _check_number(field, value, place, dtype)
        return
    if not isinstance(value, list):
        raise BadRequestError(f"{field}: {_place(place)} is {_kind(value)}, expected a list of {shape[0]}")
    if len(value) != shape[0]:
        named = f" ({', '.join(features)})" if features else ""
        unit = "features" if len(shape) == 1 and len(place) == 1 else "values"
        raise BadRequestError(f"{field}: {_place(place)} has {len(value)} {unit}, expected {shape[0]}{named}")
    if len(shape) == 1 and dtype.startswith("float") and set(map(type, value)) <= _NUMBERS:
        return
    for index, item in enumerate(value):
        _check(field, item, shape[1:], (*place, index), dtype, features)


def _check_number(field: str, value: Any, place: tuple[int, ...], dtype: str) -> None:
    if type(value) not in _NUMBERS:
        raise BadRequestError(f"{field}: the value at {_place(place)} is {_kind(value)}, expected a number")
    if dtype.startswith("int"):
        limits = np.iinfo(dtype)
        if not isinstance(value, int):
            raise BadRequestError(f"{field}: the value at {_place(place)} is {value}, expected a whole number")
        if not limits.min <= value <= limits.max:
            raise BadRequestError(f"{field}: the value at {_place(place)} does not fit {dtype}")


def _depth(data: Any) -> int:
    """Return the depth of nested lists, following the first element of each."""
    depth = 0
    while isinstance(data, list):
        depth += 1
        data = data[0] if data else None
    return depth


def _at(rows: Any, place: tuple[int, ...]) -> float:
    for index in place:
        rows = rows[index]
    return float(rows)


def _place(place: tuple[int, ...]) -> str:
    return ", ".join(_axes(place))


def _axes(place: tuple[int, ...]) -> Iterator[str]:
    """Yield `row 3`, `column 1`; deeper axes have only an index."""
    for axis, index in enumerate(place):
        yield f"{('row', 'column')[axis]} {index}" if axis < 2 else f"[{index}]"


def _kind(value: Any) -> str:
    return _KIND_NAMES.get(type(value), "a number")
