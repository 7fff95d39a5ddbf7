"""The first chapter of the demo: train, publish and install two models, and predict the held-out rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from cluster import lifecycle
from cluster.console import Console
from cluster.kubectl import ensure_namespace, kubectl
from devkit.workloads import models, serving
from devkit.workloads.client_pod import client_pod
from devkit.workloads.models import ModelVersion

NAMESPACE = "demo"
SHOWN_ROWS = 5
CLIENT = models.FOLDER / "client.py"


@dataclass(frozen=True)
class PredictionResult:
    """The predictions of one model for the held-out rows."""

    model: ModelVersion
    rows: list[list[float]]
    expected: list[str]
    predicted: list[str]

    @property
    def correct(self) -> int:
        """The number of correct predictions."""
        return sum(one == other for one, other in zip(self.predicted, self.expected, strict=True))


def run(training: Future[list[ModelVersion]], console: Console) -> list[PredictionResult]:
    """Install the models once they are trained, and send requests to them; every step does only what is missing."""
    with console.step("train the models from data.csv (started in the background)"):
        versions = training.result()
    connection = lifecycle.connect(console)
    references = [models.publish(connection, version) for version in versions]
    ensure_namespace(NAMESPACE)
    _install(versions, references, console)
    return [_predict(version, console) for version in versions]


def _install(versions: Sequence[ModelVersion], references: Sequence[str], console: Console) -> None:
    names = " and ".join(version.example.name for version in versions)
    settings = serving.image_settings()
    with console.step(f"install {names}, 3 pods each"), ThreadPoolExecutor() as executor:
        installations = [
            executor.submit(
                serving.install, version.example.name, NAMESPACE, version.example.values, reference, settings
            )
            for version, reference in zip(versions, references, strict=True)
        ]
        for installation in installations:
            installation.result()


def _predict(version: ModelVersion, console: Console) -> PredictionResult:
    """Send the held-out rows through the Service, from a pod in the cluster."""
    name = version.example.name
    rows, expected = version.held_out()
    with console.step(f"send {len(rows)} held-out rows to {name}"), client_pod(NAMESPACE) as pod:
        output = kubectl(
            *("--namespace", NAMESPACE, "exec", "--stdin", pod, "--"),
            *("python3", "-", f"http://{name}-model-server.{NAMESPACE}", json.dumps(rows)),
            stdin=CLIENT.read_text(encoding="utf-8"),
        )
    return PredictionResult(version, rows, expected, version.labels(json.loads(output)["prediction"]))


def report(result: PredictionResult) -> None:
    """Print some of the predictions, and the accuracy."""
    name, total = result.model.example.name, len(result.rows)
    print(f"\n{name}, version {result.model.version}, {result.model.manifest['format']}")
    for row, predicted, expected in list(zip(result.rows, result.predicted, result.expected, strict=True))[:SHOWN_ROWS]:
        print(f"  {row} → {predicted:<12} {'✓' if predicted == expected else f'✗ is {expected}'}")
    print(f"  … accuracy on {total} held-out rows: {result.correct / total:.3f}")
