"""The demo's first chapter: two models, trained, published, installed, and asked for the rows they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from cluster import lifecycle, registry
from cluster.console import Console
from examples.iris import models, release
from examples.iris.models import ModelVersion

NAMESPACE = "demo"
SHOWN_ROWS = 5


@dataclass(frozen=True)
class Outcome:
    """What the pods of one model answered for the held-out rows."""

    model: ModelVersion
    rows: list[list[float]]
    expected: list[str]
    predicted: list[str]

    @property
    def correct(self) -> int:
        """The number of rows whose class was predicted."""
        return sum(one == other for one, other in zip(self.predicted, self.expected, strict=True))


def run(training: Future[list[ModelVersion]], console: Console) -> list[Outcome]:
    """Install the models that are being trained, and ask them; every step does only what is missing."""
    with console.step("train the models from data.csv (since the start)"):
        versions = training.result()
    connection = lifecycle.connect(console)
    references = [models.publish(connection, version) for version in versions]
    release.ensure_namespace(NAMESPACE)
    _install(versions, references, console)
    return [_ask(version, console) for version in versions]


def server_settings() -> list[str]:
    """The setting that names the server's image as it is now: under the same tag, a node would keep what it has."""
    return [f"image.digest={registry.digest(release.SERVER_IMAGE)}"]


def _install(versions: Sequence[ModelVersion], references: Sequence[str], console: Console) -> None:
    names = " and ".join(version.example.name for version in versions)
    settings = server_settings()
    with console.step(f"install {names}, 3 pods each"), ThreadPoolExecutor() as side_by_side:
        calls = [
            side_by_side.submit(
                release.install, version.example.name, NAMESPACE, version.example.values, reference, settings
            )
            for version, reference in zip(versions, references, strict=True)
        ]
        for call in calls:
            call.result()


def _ask(version: ModelVersion, console: Console) -> Outcome:
    name = version.example.name
    rows, expected = version.held_out()
    with console.step(f"send {len(rows)} held-out rows to {name}"):
        answer = release.predict(f"{name}-model-server.{NAMESPACE}", NAMESPACE, rows)
    return Outcome(version, rows, expected, version.labels(answer.prediction))


def report(outcome: Outcome) -> None:
    """Print some predictions and the share of right ones."""
    name, total = outcome.model.example.name, len(outcome.rows)
    print(f"\n{name}, version {outcome.model.version}, {outcome.model.manifest['format']}")
    for row, predicted, expected in list(zip(outcome.rows, outcome.predicted, outcome.expected, strict=True))[
        :SHOWN_ROWS
    ]:
        print(f"  {row} → {predicted:<12} {'✓' if predicted == expected else f'✗ is {expected}'}")
    print(f"  … accuracy on {total} held-out rows: {outcome.correct / total:.3f}")
