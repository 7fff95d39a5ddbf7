"""The names that a model can have."""

import re

_MODEL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")

MODEL_NAME_RULE = "1 to 128 letters, digits, '.', '_' or '-', beginning and ending with a letter or a digit"


def is_model_name(name: str) -> bool:
    """Return whether `name` can be a model's folder, URL segment and metric label."""
    return _MODEL_NAME.fullmatch(name) is not None
