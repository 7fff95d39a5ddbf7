"""``make demo``: from nothing to models in a cluster that are monitored and rolled out under load.

Three chapters: predictions by two models, the monitoring, and a canary behind an Istio gateway with a rollback after
it. At the end, the demo prints commands to explore the result.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from cluster import lifecycle
from cluster.console import Console
from devkit import exits
from devkit.workloads import models, monitoring, serving
from devkit.workloads.models import EXAMPLES, ModelVersion
from examples.iris import canary, predictions

# The benchmark of the demo looks for this line.
PREDICTIONS_DONE = "Predictions after"
DESCRIPTION = """From nothing to predictions by two models in a cluster, with monitoring, and a canary behind an Istio
gateway. A second run creates only what is missing, and shows the canary again."""
EPILOG = """examples
  python -m examples.iris.demo
  python -m examples.iris.demo --only-predictions    without monitoring, mesh and canary

exit codes
  0  everything runs
  1  the last lines name the error and its remedy"""


def main() -> int:
    """Run the demo; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.iris.demo",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only-predictions", action="store_true", help="end after the first chapter")
    options = parser.parse_args()
    return exits.run(
        lambda: _show(whole=not options.only_predictions),
        interrupted="interrupted; run the command again to continue from here",
    )


def _show(*, whole: bool) -> None:
    started = time.monotonic()
    console = Console()
    models.check_data()
    with ThreadPoolExecutor(max_workers=1) as background:
        # Training needs no cluster, so it runs while the cluster starts.
        training = background.submit(_train)
        training_versions = background.submit(canary.train) if whole else None
        lifecycle.up(console)
        lifecycle.load([serving.SERVER_IMAGE], console)
        for result in predictions.run(training, console):
            predictions.report(result)
        print(f"\n{PREDICTIONS_DONE} {time.monotonic() - started:.0f} s.\n", flush=True)
        if training_versions:
            _install_monitoring(console)
            canary.report(canary.run(training_versions.result(), console))
    print(next_steps(whole=whole))
    print(f"Took {time.monotonic() - started:.0f} s.")


def _train() -> list[ModelVersion]:
    return [models.train(example) for example in EXAMPLES]


def _install_monitoring(console: Console) -> None:
    settings = monitoring.load(console)
    monitoring.ensure_namespace()
    with console.step("install the monitoring"):
        monitoring.install(settings)


GRAFANA = f"""  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-grafana 3000:80 &
  kubectl --namespace {monitoring.NAMESPACE} exec statefulset/monitoring-grafana -- cat /var/lib/grafana/admin-password
"""
NO_GRAFANA = """  (Grafana is not installed because its image cannot be pulled. The next command draws its dashboards.)
"""


def next_steps(*, whole: bool) -> str:
    """Return the commands to explore the result."""
    return f"""
Send a request to a model:
  eval "$(.venv/bin/python -m cluster env)"
  kubectl --namespace {predictions.NAMESPACE} port-forward service/iris-keras-model-server 8080:80 &
  curl --header 'Content-Type: application/json' localhost:8080/predict \\
    --data '{{"input_data": [[5.1, 3.5, 1.4, 0.2]]}}'
{_monitoring_steps() if whole else ""}\
List the pods:         kubectl --namespace {predictions.NAMESPACE} get pods
Show the values:       helm --namespace {predictions.NAMESPACE} get values iris-keras
Delete everything:     make down
"""


def _monitoring_steps() -> str:
    return f"""\
Open Prometheus at http://localhost:9090 and Alertmanager at http://localhost:9093:
  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-prometheus 9090 &
  kubectl --namespace {monitoring.NAMESPACE} port-forward service/monitoring-alertmanager 9093 &
{GRAFANA if monitoring.has_grafana() else NO_GRAFANA}\
  .venv/bin/python -m dashboards preview --prometheus http://localhost:9090 --out .build/dashboards --allow-empty
Show the canary steps: helm --namespace {canary.NAMESPACE} history {canary.ROUTES}
"""


if __name__ == "__main__":
    raise SystemExit(main())
