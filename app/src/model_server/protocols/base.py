"""The interface of a protocol."""

import typing
from typing import Any

import numpy.typing as npt

from model_server.repository.manifest import Manifest, Signature


class ShapeError(Exception):
    """Two answers cannot be compared row by row."""


class Protocol(typing.Protocol):
    """A wire format and its routes. All bodies are JSON. Implementations hold no state."""

    name: str
    """The value of the metric label `protocol`."""

    paths: tuple[str, ...]
    """Flask URL rules that answer POST.

    A rule may have the variables `<model>` and `<version>`. The server answers 404 if they do not name the served
    model version.
    """

    def decode(self, body: bytes, signature: Signature, max_rows: int) -> npt.NDArray[Any]:
        """Return the request as a batch (rows, *input shape) in the input's dtype. Raises BadRequestError."""

    def encode(self, prediction: npt.NDArray[Any], manifest: Manifest, /) -> bytes:
        """Return the response body for a prediction (rows, *output shape) of the model in `manifest`."""

    def encode_error(self, message: str) -> bytes:
        """Return the response body for an error of any status."""

    def decode_answer(self, body: bytes) -> list[Any]:
        """Return the entries of a response, one per row: a label, a number or nested lists of numbers.

        Shadow comparison reads the answers of both versions with it. The other version's answer is untrusted.
        Raises ShapeError.
        """
