"""`samples.json`: sample rows of a model version and the answers that the model gave when it was registered.

    {
      "schema_version": 1,
      "inputs": [[5.1, 3.5, 1.4, 0.2], …],
      "outputs": [[0.97, 0.02, 0.01], …],
      "tolerance": 0.001
    }

`inputs` has the form of `input_data` in a request, `outputs` that of `prediction` in a response, one entry per row.
Labels and integers must be equal. Floats may differ by `tolerance`, relative to the largest expected value of their
output, because processors and thread counts round differently; without the key it is 0.001 for float32 and 0.000001
for float64.

The file is optional, and is read only if the manifest lists it, so that it has a digest. The server compares the
answers after warm-up and does not become ready if they differ: a library may load a file without an error and still
compute something else from it.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.errors import BadRequestError, ModelLoadError
from model_server.protocols.tensors import to_batch
from model_server.repository.documents import parse_document, read_listed
from model_server.repository.fields import Fields
from model_server.repository.manifest import Signature
from model_server.repository.versions import ModelVersion
from model_server.serving.model import LoadedModel

SAMPLES_NAME = "samples.json"
SCHEMA_VERSION = 1

# The model answers them in one call at every start.
MAX_ROWS = 100

# Three of the seven digits of float32: GPUs may multiply with lower precision, and long sums lose some.
_TOLERANCES = {"float32": 1e-3, "float64": 1e-6}
# For outputs whose expected values are all zero.
_ABSOLUTE_TOLERANCE = 1e-6

_REMEDY_ANSWERS = (
    "serve it with the library versions in the manifest's framework_versions, or write the version again, "
    "a Keras model as .keras"
)
_REMEDY = "write the version again, or leave samples.json out of the version and of its manifest"


@dataclass(frozen=True)
class Samples:
    """Inputs (rows, *input shape) and the expected outputs (rows, *output shape), each in its signature's dtype.

    Strings are kept as objects. `tolerance` applies to floats only.
    """

    inputs: npt.NDArray[Any]
    outputs: npt.NDArray[Any]
    tolerance: float = 0.0

    def to_json(self) -> str:
        """Return the content of the file. Equal samples give equal text."""
        document: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "inputs": self.inputs.tolist(),
            "outputs": self.outputs.tolist(),
        }
        if self.outputs.dtype.kind == "f":
            document["tolerance"] = self.tolerance
        # Not indented, because each number of a row would be on a line of its own.
        return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"


def make_samples(rows: npt.NDArray[Any], answers: npt.NDArray[Any], signature: Signature) -> Samples:
    """Return samples of `rows` and the answers of the model in memory, with the default tolerance."""
    output = signature.output.dtype
    return Samples(
        rows.astype(signature.input.dtype),
        answers.astype(_numpy_dtype(output)),
        _TOLERANCES.get(output, 0.0),
    )


def read_samples(found: ModelVersion) -> Samples | None:
    """Read the file of a version whose digests have been checked; None if it has none. Raises RepositoryError."""
    text = read_listed(found, SAMPLES_NAME, _REMEDY)
    return None if text is None else parse_samples(text, str(found.folder / SAMPLES_NAME), found.manifest.signature)


def parse_samples(text: str, where: str, signature: Signature) -> Samples:
    """Read samples that must match `signature`. `where` names the file in errors. Raises RepositoryError."""
    top = parse_document(text, where, SCHEMA_VERSION, _REMEDY)
    inputs, outputs = top.nonempty_list("inputs"), top.nonempty_list("outputs")
    dtype = signature.output.dtype
    tolerance = top.non_negative_number("tolerance", _TOLERANCES[dtype]) if dtype in _TOLERANCES else 0.0
    top.reject_unknown()
    try:
        input_rows = to_batch("inputs", inputs, signature, MAX_ROWS)
        output_rows = _outputs(top, outputs, signature)
    except BadRequestError as error:
        raise top.error(error.cause) from error
    if len(input_rows) != len(output_rows):
        raise top.error(f"inputs has {len(input_rows)} rows, outputs has {len(output_rows)}")
    return Samples(input_rows, output_rows, tolerance)


def check_samples(model: LoadedModel, samples: Samples) -> None:
    """Let the model answer the samples. Raises ModelLoadError naming the first value that differs."""
    name = f"the model {model.manifest.name}/{model.manifest.version}"
    try:
        prediction = model.predict(samples.inputs).prediction
    except Exception as error:
        summary = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        raise ModelLoadError(f"{name} cannot answer the rows of {SAMPLES_NAME}: {summary}.", _REMEDY_ANSWERS) from error
    if prediction.shape != samples.outputs.shape:
        raise ModelLoadError(
            f"{name} answers the rows of {SAMPLES_NAME} with the shape {list(prediction.shape)}, "
            f"expected {list(samples.outputs.shape)}.",
            _REMEDY_ANSWERS,
        )
    differing = _differences(prediction, samples)
    if not differing.any():
        return
    place = tuple(int(axis[0]) for axis in np.nonzero(differing))
    rows = int(differing.reshape(len(differing), -1).any(axis=1).sum())
    column = "".join(f", column {index}" for index in place[1:])
    raise ModelLoadError(
        f"{name} does not give the answers it was registered with: {SAMPLES_NAME}, row {place[0]}{column}: "
        f"expected {_shown(samples.outputs[place])}, got {_shown(prediction[place])} "
        f"({rows} of {len(differing)} rows differ).",
        _REMEDY_ANSWERS,
    )


def _differences(prediction: npt.NDArray[Any], samples: Samples) -> npt.NDArray[np.bool_]:
    """Return a mask of the values that differ, in the shape of both."""
    expected = samples.outputs
    if expected.dtype.kind != "f" or prediction.dtype.kind not in "fiu":
        return np.asarray(prediction.astype(object) != expected.astype(object), dtype=np.bool_)
    wanted, found = expected.astype(np.float64), prediction.astype(np.float64)
    allowed = samples.tolerance * np.abs(wanted).max(axis=0) + min(samples.tolerance, _ABSOLUTE_TOLERANCE)
    # Written so that NaN, which compares false, differs.
    return np.asarray(~(np.abs(found - wanted) <= allowed), dtype=np.bool_)


def _outputs(top: Fields, values: list[Any], signature: Signature) -> npt.NDArray[Any]:
    """Check the expected outputs as strictly as a request's rows. Raises RepositoryError or BadRequestError."""
    output = signature.output
    if output.dtype != "string":
        return to_batch("outputs", values, replace(signature, inputs=(output,), features=()), MAX_ROWS)
    labels = np.array(values, dtype=object)
    if labels.shape[1:] != output.shape[1:] or not all(isinstance(label, str) for label in labels.flat):
        raise top.error(f"outputs are not strings in the shape {list(output.shape)}")
    return labels


def _numpy_dtype(dtype: str) -> npt.DTypeLike:
    return object if dtype == "string" else dtype


def _shown(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)
