"""The protocol of `POST /predict`: accepted and rejected requests, without a server."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_server.errors import BadRequestError
from model_server.protocols.predict import PredictProtocol
from model_server.repository.manifest import FileEntry, Manifest, Signature, Tensor


def _signature(*row_shape: int, dtype: str = "float32", features: tuple[str, ...] = ()) -> Signature:
    output = Tensor("prediction", "float32", (-1,))
    return Signature((Tensor("input_data", dtype, (-1, *row_shape)),), (output,), features)


THREE = _signature(3, features=("a", "b", "c"))
MANIFEST = Manifest("m", 1, "sklearn_joblib", (FileEntry("model.pkl", "0" * 64, 1),), THREE)


def _decode(document: object, signature: Signature = THREE, max_rows: int = 5) -> "np.ndarray":
    return PredictProtocol().decode(json.dumps(document).encode(), signature, max_rows)


def _refusal(body: bytes, signature: Signature = THREE) -> str:
    with pytest.raises(BadRequestError) as caught:
        PredictProtocol().decode(body, signature, 5)
    return str(caught.value)


_numbers = st.floats(width=32, allow_nan=False, allow_infinity=False) | st.integers(-(2**20), 2**20)


@given(st.lists(st.lists(_numbers, min_size=3, max_size=3), min_size=1, max_size=5))
def test_every_list_of_rows_becomes_the_same_numbers(rows: list[list[float]]) -> None:
    batch = _decode({"input_data": rows})
    assert batch.shape == (len(rows), 3)
    assert batch.dtype == np.float32
    assert np.array_equal(batch, np.array(rows, dtype=np.float32))


@given(st.lists(_numbers, min_size=3, max_size=3))
def test_single_row_is_a_batch_of_one(row: list[float]) -> None:
    assert np.array_equal(_decode({"input_data": row}), _decode({"input_data": [row]}))


def test_images_keep_their_shape() -> None:
    image = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    signature = _signature(2, 3, 2)
    assert np.array_equal(_decode({"input_data": [image.tolist()]}, signature), image[np.newaxis])
    assert np.array_equal(_decode({"input_data": image.tolist()}, signature), image[np.newaxis])


@given(st.recursive(st.none() | st.booleans() | _numbers | st.text(), lambda inner: st.lists(inner), max_leaves=20))
def test_any_json_is_a_batch_or_an_error_that_names_the_field(value: object) -> None:
    try:
        outcome = str(_decode({"input_data": value}).shape[1:])
    except BadRequestError as error:
        outcome = str(error)
    assert outcome == "(3,)" or outcome.startswith("input_data: ")


@given(st.binary(max_size=40))
def test_any_bytes_are_rejected_with_a_message(body: bytes) -> None:
    assert _refusal(body).startswith(("body: ", "input_data: "))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "body: not JSON: Expecting value at line 1, column 1"),
        ("[1]", "body: not a JSON object but a list"),
        ("{}", 'input_data: missing; send {"input_data": [[…], …]}'),
        ('{"inputs": 1}', 'input_data: missing; send {"input_data": [[…], …]}; found \'inputs\''),
        ('{"input_data": [[1,2,3]], "x": 1}', "x: unknown key; the only key is input_data"),
        ('{"input_data": "1,2,3"}', "input_data: not a list but a string; send a list of rows"),
        ('{"input_data": null}', "input_data: not a list but null; send a list of rows"),
        ('{"input_data": []}', "input_data: empty; send at least one row"),
        ('{"input_data": [[]]}', "input_data: row 0 has 0 features, expected 3 (a, b, c)"),
        ('{"input_data": [[1,2,3],[1,2]]}', "input_data: row 1 has 2 features, expected 3 (a, b, c)"),
        ('{"input_data": [1,2]}', "input_data: row 0 has 2 features, expected 3 (a, b, c)"),
        ('{"input_data": [[1,2,3], 4]}', "input_data: row 1 is a number, expected a list of 3"),
        ('{"input_data": [[1,"2",3]]}', "input_data: the value at row 0, column 1 is a string, expected a number"),
        ('{"input_data": [[1,2,true]]}', "input_data: the value at row 0, column 2 is a boolean, expected a number"),
        ('{"input_data": [[1,2,[3]]]}', "input_data: the value at row 0, column 2 is a list, expected a number"),
        ('{"input_data": [[1,2,3],[1,NaN,3]]}', "input_data: the value at row 1, column 1 is nan, not a finite number"),
        ('{"input_data": [[-Infinity,2,3]]}', "input_data: the value at row 0, column 0 is -inf, not a finite number"),
        ('{"input_data": [[1e39,2,3]]}', "input_data: the value at row 0, column 0 is too large for float32"),
        ('{"input_data": [[1' + "0" * 400 + ",2,3]]}", "input_data: a number is too large for float32"),
        ('{"input_data": [' + "[1,2,3]," * 5 + "[1]]}", "input_data: 6 rows; at most 5 are answered in one request"),
        ("[" * 100_000, "body: nested too deeply"),
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_error_names_the_place(body: str, message: str) -> None:
    assert _refusal(body.encode()) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [("1.5", "is 1.5, expected a whole number"), ("2147483648", "does not fit int32"), ("true", "is a boolean")],
)
def test_whole_number_inputs_take_whole_numbers_only(value: str, message: str) -> None:
    signature = _signature(2, dtype="int32")
    assert message in _refusal(f'{{"input_data": [[1, {value}]]}}'.encode(), signature)
    assert _decode({"input_data": [[1, 2]]}, signature).dtype == np.int32


@pytest.mark.parametrize(
    "prediction", [np.array(["setosa", "virginica"]), np.array([[0.25, 0.75]], dtype=np.float32), np.array([1, 2])]
)
def test_an_answer_has_one_entry_per_row(prediction: "np.ndarray") -> None:
    answer = json.loads(PredictProtocol().encode(prediction, MANIFEST))
    assert answer == {"prediction": prediction.tolist()}
