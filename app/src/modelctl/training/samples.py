"""Choose the sample rows, whose answers the server compares whenever it loads the version."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from model_server.repository.manifest import Signature
from model_server.serving.samples import Samples, make_samples
from modelctl.errors import ModelctlError

_ROWS = 10


def choose_samples(
    rows: npt.NDArray[np.float64],
    answer: Callable[[npt.NDArray[np.float64]], npt.NDArray[Any]],
    signature: Signature,
) -> Samples:
    """Return samples of up to ten of the rows, (rows, features), evenly spread because the table may be sorted.

    `answer` is the model in memory. Raises ModelctlError if it answers with NaN or infinity.
    """
    chosen = rows[np.linspace(0, len(rows) - 1, min(_ROWS, len(rows))).astype(int)]
    answers = answer(chosen)
    if answers.dtype.kind == "f" and not np.isfinite(answers).all():
        raise ModelctlError(
            "the trained model answers a held-out row with NaN or infinity.",
            "scale extreme values in the table, or train with fewer epochs",
        )
    return make_samples(chosen, answers, signature)
