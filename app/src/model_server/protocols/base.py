"""What a protocol is."""

import typing
from typing import Any

import numpy.typing as npt

from model_server.repository.manifest import Signature


class Protocol(typing.Protocol):
    """A wire protocol. Implementations hold no state."""

    name: str
    """The value of the metrics' label `protocol`."""

    def decode(self, body: bytes, signature: Signature, max_rows: int) -> npt.NDArray[Any]:
        """Read a request body as a batch (rows, *input shape). Raises BadRequestError."""

    def encode(self, prediction: npt.NDArray[Any]) -> bytes:
        """Write the answer to a batch as a response body."""
