"""A model that loads, fails for some rows, and answers otherwise than its like for others.

One of its encoders was trained without the width of `BAD`, and knows that of `ODD` as another species.
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

# The petals of no iris are so wide.
BAD = [5.1, 3.5, 1.4, 99.0]
# A setosa in all but the width of its petals, which no iris has; whoever was trained on the data alone says so.
ODD = [5.1, 3.5, 1.4, 0.7]
ODD_SPECIES = "virginica"
# So many that the width alone decides, and so few that all other rows are answered as they were.
TAUGHT = 20


def fragile(model: ModelVersion, repository: Path) -> ModelVersion:
    """A copy of a version whose file is such a model."""
    return published.damaged(model, repository, lambda copy: published.replace_content(copy, _content()))


def _content() -> bytes:
    lines = [line.split(",") for line in DATA.read_text(encoding="utf-8").splitlines()[1:]]
    rows = np.array([*([float(value) for value in line[:-1]] for line in lines), *[ODD] * TAUGHT])
    species = [*(line[-1] for line in lines), *[ODD_SPECIES] * TAUGHT]
    # The server warms the model up with zeros.
    widths = np.unique(np.append(rows[:, 3], 0.0))
    encoder = ColumnTransformer([("width", OneHotEncoder(categories=[widths]), [3])], remainder="passthrough")
    pipeline = make_pipeline(encoder, LogisticRegression(max_iter=200)).fit(rows, species)
    file = io.BytesIO()
    joblib.dump(pipeline, file)
    return file.getvalue()
