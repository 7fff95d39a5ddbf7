"""``make demo``: from nothing to predictions by models in a cluster.

Makes the cluster and trains both example models meanwhile, publishes them, installs the chart for each, sends the
held-out rows through each Service, and says where to look next.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cluster import catalog, exits, lifecycle, registry
from cluster.console import Console
from examples.iris import models, monitoring, release
from examples.iris.models import EXAMPLES, ModelVersion

NAMESPACE = "demo"
SERVER_IMAGE = "model-server:0.2.0"
SHOWN_ROWS = 5
DESCRIPTION = "From nothing to predictions by two models in a cluster. Call it again: it does only what is missing."


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


def main() -> int:
    """Run the demo; 0, or 1 after the line that says what is wrong."""
    argparse.ArgumentParser(prog="python -m examples.iris.demo", description=DESCRIPTION).parse_args()
    return exits.run(_show)


def _show() -> None:
    started = time.monotonic()
    for outcome in run(Console()):
        report(outcome)
    print(where_next())
    print(f"Took {time.monotonic() - started:.0f} s.")


def run(console: Console) -> list[Outcome]:
    """Do everything; every step may be called again and does only what is missing."""
    models.check_data()
    with ThreadPoolExecutor(max_workers=1) as background:
        # Training needs no cluster, so it runs while the cluster comes up.
        training = background.submit(lambda: [models.train(example) for example in EXAMPLES])
        lifecycle.up(console)
        lifecycle.load([SERVER_IMAGE], console)
        with console.step("train the models from data.csv (since the start)"):
            versions = training.result()
    connection = lifecycle.connect(console)
    # By digest: under the same tag, a node would keep the image that it has.
    image = registry.digest(registry.reference(catalog.full_name(SERVER_IMAGE)))
    references = [models.publish(connection, version) for version in versions]
    watching = monitoring.load(console)
    release.ensure_namespace(NAMESPACE)
    monitoring.ensure_namespace()
    _install(versions, references, image, watching, console)
    return [_ask(version, console) for version in versions]


def _install(
    versions: Sequence[ModelVersion], references: Sequence[str], image: str, watching: list[str], console: Console
) -> None:
    settings = [f"image.digest={image}"]
    names = " and ".join(version.example.name for version in versions)
    with console.step(f"install {names}, 3 pods each, and the monitoring"), ThreadPoolExecutor() as side_by_side:
        calls = [
            side_by_side.submit(monitoring.install, watching),
            *(
                side_by_side.submit(
                    release.install, version.example.name, NAMESPACE, version.example.values, reference, settings
                )
                for version, reference in zip(versions, references, strict=True)
            ),
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


GRAFANA = f"""  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-grafana 3000:80 &
  kubectl --namespace {monitoring.NAMESPACE} exec statefulset/monitoring-grafana -- cat /var/lib/grafana/admin-password
"""
NO_GRAFANA = """  (Grafana is left out, for its image cannot be pulled here. This draws its dashboards.)
"""


def where_next() -> str:
    """What to do with what runs now."""
    return f"""
Ask a model yourself:
  eval "$(.venv/bin/python -m cluster env)"
  kubectl --namespace {NAMESPACE} port-forward service/iris-keras-model-server 8080:80 &
  curl --header 'Content-Type: application/json' localhost:8080/predict \\
    --data '{{"input_data": [[5.1, 3.5, 1.4, 0.2]]}}'
Look at figures and alerts, at http://localhost:9090 and http://localhost:9093:
  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-prometheus 9090 &
  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-alertmanager 9093 &
{GRAFANA if monitoring.has_grafana() else NO_GRAFANA}\
  .venv/bin/python -m dashboards preview --prometheus http://localhost:9090 --out .build/dashboards --allow-empty
See what runs:         kubectl --namespace {NAMESPACE} get pods
How both are served:   helm --namespace {NAMESPACE} get values iris-keras
End everything:        make down
"""


if __name__ == "__main__":
    raise SystemExit(main())
