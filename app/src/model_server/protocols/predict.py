"""The protocol of `POST /predict`: the request `{"input_data": …}` gets the response `{"prediction": …}`.

`input_data` is a list of rows. A single row that is not wrapped in a list is a batch of one. `prediction` has one entry
per row, in the same order, with the result of the model's own `predict`: the label for a scikit-learn classifier, the
row of output values (for a classifier, the probabilities) for a Keras model.
"""

import json
from typing import Any

import numpy.typing as npt

from model_server.errors import BadRequestError
from model_server.protocols.base import ShapeError
from model_server.protocols.tensors import parse_json_object, to_batch
from model_server.repository.manifest import Manifest, Signature

FIELD = "input_data"


class PredictProtocol:
    """This project's own protocol."""

    name = "predict"
    paths: tuple[str, ...] = ("/predict",)

    def decode(self, body: bytes, signature: Signature, max_rows: int) -> npt.NDArray[Any]:
        """Read `{"input_data": …}`. Raises BadRequestError naming the field, row and column."""
        document = parse_json_object(body)
        unknown = sorted(key for key in document if key != FIELD)
        if FIELD not in document:
            found = f"; found {', '.join(map(repr, unknown[:5]))}" if unknown else ""
            raise BadRequestError(f'{FIELD}: missing; send {{"{FIELD}": [[…], …]}}{found}')
        if unknown:
            raise BadRequestError(f"{unknown[0]}: unknown key; the only key is {FIELD}")
        return to_batch(FIELD, document[FIELD], signature, max_rows)

    def encode(self, prediction: npt.NDArray[Any], _manifest: Manifest) -> bytes:
        """Write `{"prediction": […]}`, one entry per row."""
        return json.dumps({"prediction": prediction.tolist()}, allow_nan=False).encode()

    def encode_error(self, message: str) -> bytes:
        """Write `{"error": message}`."""
        return json.dumps({"error": message}).encode()

    def decode_answer(self, body: bytes) -> list[Any]:
        """Read the entries of `{"prediction": […]}`. Raises ShapeError."""
        try:
            document = json.loads(body, parse_constant=_reject_constant)
        except (ValueError, RecursionError) as error:
            raise ShapeError("the answer is not JSON") from error
        prediction = document.get("prediction") if isinstance(document, dict) else None
        if not isinstance(prediction, list):
            raise ShapeError("the answer has no list of predictions")
        return prediction


def _reject_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
