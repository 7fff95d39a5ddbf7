"""The protocol of `POST /predict`: `{"input_data": …}` gives `{"prediction": …}`.

`input_data` is a list of rows; one row alone, not wrapped in a list, is taken as a list of one. `prediction`
has one entry per row, in their order: what the model's own `predict` returns for it. That is the label for a
scikit-learn classifier, and the row of output values, for a classifier the probabilities, for a Keras model.
"""

import json
from typing import Any

import numpy.typing as npt

from model_server.errors import BadRequestError
from model_server.protocols.tensors import parse_json_object, to_batch
from model_server.repository.manifest import Signature

FIELD = "input_data"


class PredictProtocol:
    """The protocol of this project."""

    name = "predict"

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

    def encode(self, prediction: npt.NDArray[Any]) -> bytes:
        """Write `{"prediction": […]}`, one entry per row."""
        return json.dumps({"prediction": prediction.tolist()}, allow_nan=False).encode()
