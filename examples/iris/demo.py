"""``make demo``: from nothing to predictions by models in a cluster, watched, and replaced under load.

Three chapters, each said as soon as it stands: predictions by two models, the monitoring, and a canary through the
gateway of a mesh with a rollback after it. Then it says where to look next.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from cluster import lifecycle
from cluster.console import Console
from devkit import exits
from examples.iris import canary, models, monitoring, predictions, release
from examples.iris.models import EXAMPLES, ModelVersion

# What benchmarks look for.
PREDICTIONS_STAND = "Predictions after"
DESCRIPTION = """From nothing to predictions by two models in a cluster, with their monitoring, and a canary through the
gateway of a mesh. Call it again: it makes only what is missing, and shows the canary again."""
EPILOG = """examples
  python -m examples.iris.demo
  python -m examples.iris.demo --only-predictions    without monitoring, mesh and canary

exit codes
  0  all of it stands
  1  the line before says what is wrong, and what to do"""


def main() -> int:
    """Run the demo; 0, or 1 after the line that says what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.iris.demo",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only-predictions", action="store_true", help="end after the first chapter")
    options = parser.parse_args()
    return exits.run(lambda: _show(whole=not options.only_predictions))


def _show(*, whole: bool) -> None:
    started = time.monotonic()
    console = Console()
    models.check_data()
    with ThreadPoolExecutor(max_workers=1) as background:
        # Training needs no cluster, so it runs while the cluster comes up.
        training = background.submit(_train)
        training_versions = background.submit(canary.train) if whole else None
        lifecycle.up(console)
        lifecycle.load([release.SERVER_IMAGE], console)
        for outcome in predictions.run(training, console):
            predictions.report(outcome)
        print(f"\n{PREDICTIONS_STAND} {time.monotonic() - started:.0f} s.\n", flush=True)
        if training_versions:
            _watch(console)
            canary.report(canary.run(training_versions.result(), console))
    print(where_next(whole=whole))
    print(f"Took {time.monotonic() - started:.0f} s.")


def _train() -> list[ModelVersion]:
    return [models.train(example) for example in EXAMPLES]


def _watch(console: Console) -> None:
    settings = monitoring.load(console)
    monitoring.ensure_namespace()
    with console.step("install the monitoring"):
        monitoring.install(settings)


GRAFANA = f"""  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-grafana 3000:80 &
  kubectl --namespace {monitoring.NAMESPACE} exec statefulset/monitoring-grafana -- cat /var/lib/grafana/admin-password
"""
NO_GRAFANA = """  (Grafana is left out, for its image cannot be pulled here. This draws its dashboards.)
"""


def where_next(*, whole: bool) -> str:
    """What to do with what runs now."""
    return f"""
Ask a model yourself:
  eval "$(.venv/bin/python -m cluster env)"
  kubectl --namespace {predictions.NAMESPACE} port-forward service/iris-keras-model-server 8080:80 &
  curl --header 'Content-Type: application/json' localhost:8080/predict \\
    --data '{{"input_data": [[5.1, 3.5, 1.4, 0.2]]}}'
{_where_watched() if whole else ""}\
See what runs:         kubectl --namespace {predictions.NAMESPACE} get pods
How both are served:   helm --namespace {predictions.NAMESPACE} get values iris-keras
End everything:        make down
"""


def _where_watched() -> str:
    return f"""\
Look at figures and alerts, at http://localhost:9090 and http://localhost:9093:
  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-prometheus 9090 &
  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-alertmanager 9093 &
{GRAFANA if monitoring.has_grafana() else NO_GRAFANA}\
  .venv/bin/python -m dashboards preview --prometheus http://localhost:9090 --out .build/dashboards --allow-empty
How the canary went:   helm --namespace {canary.NAMESPACE} history {canary.ROUTES}
"""


if __name__ == "__main__":
    raise SystemExit(main())
