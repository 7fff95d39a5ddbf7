"""A model version in memory, with the manifest it came from."""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from model_server.errors import ModelLoadError
from model_server.repository.manifest import Manifest
from model_server.runtimes.protocol import RuntimeModel, zeros_for

# One row and several: a runtime that prepares itself per batch size has then seen both.
_WARM_UP_ROWS = (1, 2)


@dataclass(frozen=True)
class LoadedModel:
    """What answers requests."""

    manifest: Manifest
    runtime_model: RuntimeModel

    def predict(self, batch: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Answer (rows, *input shape) with (rows, *output shape)."""
        return self.runtime_model.predict(batch)

    def warm_up(self) -> None:
        """Make the first, slow calls. Raises ModelLoadError if the answers do not fit the signature."""
        output = self.manifest.signature.output
        for rows in _WARM_UP_ROWS:
            shape = self.predict(zeros_for(self.manifest, rows)).shape
            expected = (rows, *output.shape[1:])
            if shape != expected:
                raise ModelLoadError(
                    f"the model {self.manifest.name} answers {rows} rows with the shape {list(shape)}, "
                    f"its manifest says {list(expected)}.",
                    "correct the manifest's signature and write the version again",
                )
