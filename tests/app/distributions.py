"""Installs small distributions with runtimes into a folder: real metadata, real modules."""

from pathlib import Path

# A model is a JSON list of weights, one per column; a row's answer is the weighted sum.
WEIGHTED_SUMS = {
    "__init__.py": """\
from model_server.runtimes.format import Format

WEIGHTS = Format(
    module="weighted_sums.model",
    suffix=".json",
    magic=b"[",
    description="a JSON list of weights",
    thread_variables=("WEIGHTED_SUMS_THREADS",),
)
""",
    "model.py": """\
import json
import os
from contextlib import nullcontext

from model_server.errors import ModelLoadError

assert os.environ["WEIGHTED_SUMS_THREADS"], "set before this module is imported"


class WeightedSums:
    lock = nullcontext()

    def __init__(self, weights):
        self._weights = weights

    def predict(self, batch):
        return batch @ self._weights


def load(path, manifest):
    weights = json.loads(path.read_text())
    if len(weights) != manifest.signature.input.shape[1]:
        raise ModelLoadError(f"{path} has {len(weights)} weights.", "correct the manifest's signature")
    return WeightedSums(weights)
""",
}


def install(site: Path, distribution: str, entries: dict[str, str], **packages: dict[str, str]) -> None:
    """Write the metadata of a distribution with runtimes, and the files of its packages, into `site`."""
    metadata = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    lines = "".join(f"{name} = {value}\n" for name, value in entries.items())
    (metadata / "entry_points.txt").write_text(f"[model_server.runtimes]\n{lines}" if lines else "")
    for package, files in packages.items():
        (site / package).mkdir()
        for name, text in files.items():
            (site / package / name).write_text(text)
