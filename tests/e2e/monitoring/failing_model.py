"""A model that loads, fails for some rows, and disagrees with the stable version for others.

Its encoder was trained without the width of `BAD`, and classifies the width of `ODD` as another species.
"""

from __future__ import annotations

import io
from pathlib import Path

import joblib
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from devkit.workloads.models import DATA, ModelVersion
from tests.e2e.lib import published

# Wider petals than those of any iris.
BAD = [5.1, 3.5, 1.4, 99.0]
# A setosa with an unusual petal width; a model trained on the original data predicts setosa.
ODD = [5.1, 3.5, 1.4, 0.7]
ODD_SPECIES = "virginica"
# Enough rows that this width decides, and few enough that other predictions do not change.
ADDED_ROWS = 20


def fragile(model: ModelVersion, repository: Path) -> ModelVersion:
    """Return a copy of a version whose file is such a model."""
    return published.damaged(model, repository, lambda copy: published.replace_content(copy, _content()))


def _content() -> bytes:
    lines = [line.split(",") for line in DATA.read_text(encoding="utf-8").splitlines()[1:]]
    rows = np.array([*([float(value) for value in line[:-1]] for line in lines), *[ODD] * ADDED_ROWS])
    species = [*(line[-1] for line in lines), *[ODD_SPECIES] * ADDED_ROWS]
    # The server warms the model up with zeros.
    widths = np.unique(np.append(rows[:, 3], 0.0))
    encoder = ColumnTransformer([("width", OneHotEncoder(categories=[widths]), [3])], remainder="passthrough")
    pipeline = make_pipeline(encoder, LogisticRegression(max_iter=200)).fit(rows, species)
    file = io.BytesIO()
    joblib.dump(pipeline, file)
    return file.getvalue()
