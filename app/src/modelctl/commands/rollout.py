"""`modelctl rollout`: shift traffic to a new version in steps, and roll back when its metrics regress."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelctl.errors import ModelctlError
from modelctl.rollout.plan import (
    DEFAULT_STEPS,
    Limits,
    Plan,
    Timing,
    check_plan,
    named_version,
    parse_model_versions,
    parse_steps,
)

if TYPE_CHECKING:
    from modelctl.rollout.operations import Operations, Outcome

_EPILOG = """\
The release must be one of charts/istio-routing with trafficManagement: helm. Its list `versions` must contain both
versions, the stable one with weight 100 and the canary with 0. Each step is a `helm upgrade` that changes these two
weights and nothing else. Helm 4 and kubectl are used with their own configuration.

At each step, Prometheus provides the metrics since the step started: server errors, client errors, p95 latency and,
if a shadow compares its responses, the share that disagrees. As soon as a limit is exceeded or the canary has no ready
pod, all requests return to the stable version. They also return if no decision is possible before the progress
deadline, because requests are missing or Prometheus or the API server is unavailable.

The plan and the step are stored in the ConfigMap RELEASE-rollout. If the process is killed, `resume` continues.
If another process has changed the weights, the rollout stops and leaves them as they are.
"""

_EXIT_CODES = """\
exit codes
  0            the canary receives all requests; for `abort`: the stable version does
  2            an error that the user can fix; nothing was changed, or the message says what was
  3            rolled back: a limit was exceeded, the canary was not healthy, or an abort was requested
  4            rolled back: the analysis was inconclusive before the progress deadline
  75           the cluster or Prometheus failed; retry, or continue with `resume`
  130 and 143  interrupted by a signal; the plan and the weights stay
"""

_EXAMPLES = {
    "start": """\
examples
  modelctl rollout start iris-routing --namespace models --chart charts/istio-routing --model iris \\
      --from 1 --to 2 --prometheus https://prometheus.example.org --dry-run
  modelctl rollout start iris-routing --namespace models --chart charts/istio-routing --model iris \\
      --from stable --to canary --model-version stable=3 --model-version canary=4 \\
      --steps 5,25,100 --min-requests 500 --prometheus http://127.0.0.1:9090 --token-file token --json
""",
    "resume": "examples\n  modelctl rollout resume iris-routing --namespace models\n",
    "status": "examples\n  modelctl rollout status iris-routing --namespace models --json\n",
    "abort": """\
examples
  modelctl rollout abort iris-routing --namespace models
  modelctl rollout abort iris-routing --namespace models --keep-weights
""",
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "rollout",
        help="shift traffic to a new version in steps, with automatic rollback",
        description="Shift traffic to a new version in steps, and roll back when its metrics regress.",
        epilog=f"{_EPILOG}\n{_EXIT_CODES}\n'modelctl rollout COMMAND --help' shows examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    start = _subcommand(subcommands, "start", "start a rollout and execute it to its end")
    _add_plan(start)
    _add_limits(start)
    _add_timing(start)
    _add_renamed_flags(start)
    start.add_argument("--allow-http", action="store_true", help="allow http:// to other machines (forgeable)")
    start.add_argument("--dry-run", action="store_true", help="check all preconditions and show the plan")
    _add_prometheus(start)
    start.set_defaults(run=_start)

    resume = _subcommand(subcommands, "resume", "continue a rollout whose process has ended early")
    resume.add_argument("--chart", metavar="CHART", help="the chart, if not the one given to `start`")
    resume.add_argument("--prometheus", metavar="URL", help="base URL of Prometheus, if not the one given to `start`")
    _add_prometheus(resume)
    resume.set_defaults(run=_resume)

    _subcommand(subcommands, "status", "show the state of a rollout").set_defaults(run=_status)

    abort = _subcommand(subcommands, "abort", "return all requests to the stable version")
    abort.add_argument("--chart", metavar="CHART", help="the chart, if not the one given to `start`")
    abort.add_argument("--keep-weights", action="store_true", help="abandon the plan and leave the weights as they are")
    abort.set_defaults(run=_abort)


def _subcommand(
    subcommands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    parser = subcommands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"{_EXAMPLES[name]}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("release", metavar="RELEASE", help="Helm release of charts/istio-routing")
    parser.add_argument("--namespace", "-n", required=True, metavar="NAME", help="its namespace")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--helm", metavar="PATH", help="path of helm (default: from PATH)")
    parser.add_argument("--kubectl", metavar="PATH", help="path of kubectl (default: from PATH)")
    parser.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig for both (default: their own)")
    parser.add_argument("--kube-context", metavar="NAME", help="context for both (default: their own)")
    parser.add_argument(
        "--helm-timeout", type=float, default=120.0, metavar="SECONDS", help="timeout of one upgrade (default: 120)"
    )
    return parser


def _add_plan(parser: argparse.ArgumentParser) -> None:
    shown = ",".join(str(step) for step in DEFAULT_STEPS)
    parser.add_argument("--chart", required=True, metavar="CHART", help="its chart: directory, archive or URL")
    parser.add_argument("--model", required=True, metavar="NAME", help="label `model` of its metrics")
    parser.add_argument(
        "--from", required=True, dest="stable", metavar="NAME", help="the stable version, which has all requests"
    )
    parser.add_argument("--to", required=True, dest="canary", metavar="NAME", help="the canary, which receives them")
    parser.add_argument("--prometheus", required=True, metavar="URL", help="base URL of /api/v1")
    parser.add_argument(
        "--model-version",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="model version of a version that has another name",
    )
    parser.add_argument(
        "--steps", default=shown, metavar="LIST", help=f"weights of the canary in per cent (default: {shown})"
    )


def _add_limits(parser: argparse.ArgumentParser) -> None:
    limits = Limits()
    group = parser.add_argument_group("limits")
    for flag, default, kind, text in (
        (
            "--min-requests",
            limits.min_requests,
            int,
            "minimum number of requests to the canary in a step",
        ),
        (
            "--max-error-ratio",
            limits.max_error_ratio,
            float,
            "ratio of server errors (5xx) beyond stable's",
        ),
        (
            "--max-client-error-ratio",
            limits.max_client_error_ratio,
            float,
            "ratio of client errors (4xx) beyond stable's",
        ),
        ("--max-latency-ratio", limits.max_latency_ratio, float, "p95 latency as a multiple of stable's"),
        ("--latency-floor", limits.latency_floor_seconds, float, "p95 latency in seconds that always passes"),
        ("--max-disagreement-ratio", limits.max_disagreement_ratio, float, "ratio of compared rows that may disagree"),
        ("--min-compared-rows", limits.min_compared_rows, int, "minimum number of compared rows; 0 requires none"),
        ("--max-restarts", limits.max_restarts, int, "container restarts of the canary"),
    ):
        group.add_argument(flag, type=kind, default=default, metavar="N", help=f"{text} (default: {default})")


def _add_timing(parser: argparse.ArgumentParser) -> None:
    timing = Timing()
    group = parser.add_argument_group("timing")
    for flag, default, text in (
        ("--interval", timing.interval_seconds, "between two checks"),
        ("--min-step-time", timing.min_step_seconds, "that a step takes at least"),
        ("--progress-deadline", timing.progress_deadline_seconds, "after which an undecided step is rolled back"),
    ):
        group.add_argument(
            flag, type=float, default=default, metavar="SECONDS", help=f"seconds {text} (default: {default:g})"
        )


class _RenamedFlag(argparse.Action):
    """A former name of a flag: still accepted, with a warning that names the new one."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, help=argparse.SUPPRESS, default=argparse.SUPPRESS, **options)

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  the signature is argparse's
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        sys.stderr.write(f"modelctl: warning: {option_string} is now --{self.dest.replace('_', '-')}\n")
        setattr(namespace, self.dest, values)


def _add_renamed_flags(parser: argparse.ArgumentParser) -> None:
    for former, current in (("--max-refused-ratio", "max_client_error_ratio"), ("--patience", "progress_deadline")):
        parser.add_argument(former, action=_RenamedFlag, dest=current, type=float)


def _add_prometheus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="bearer token, read for each query")
    parser.add_argument("--ca-file", metavar="FILE", help="additional certificate authorities in PEM format")


def _start(options: argparse.Namespace) -> None:
    plan = _plan(options)
    operations = _operations(options)
    if options.dry_run:
        from modelctl.rollout.report import plan_as_json, plan_as_text

        _, _, release, _ = operations.check(plan)
        shown = plan_as_json if options.json else plan_as_text
        sys.stdout.write(shown(plan, release.shown_weights))
        return
    _print(options, operations.start(plan), with_exit_code=True)


def _resume(options: argparse.Namespace) -> None:
    _print(options, _operations(options).resume(options.chart, options.prometheus), with_exit_code=True)


def _status(options: argparse.Namespace) -> None:
    _print(options, _operations(options).status())


def _abort(options: argparse.Namespace) -> None:
    _print(options, _operations(options).abort(options.chart, options.keep_weights))


def _plan(options: argparse.Namespace) -> Plan:
    numbers = parse_model_versions(options.model_version)
    return check_plan(
        Plan(
            release=options.release,
            namespace=options.namespace,
            chart=_chart(options.chart),
            model=options.model,
            stable=named_version(options.stable, numbers),
            canary=named_version(options.canary, numbers),
            prometheus=options.prometheus,
            allow_http=options.allow_http,
            steps=parse_steps(options.steps),
            limits=Limits(
                min_requests=options.min_requests,
                max_error_ratio=options.max_error_ratio,
                max_client_error_ratio=options.max_client_error_ratio,
                max_latency_ratio=options.max_latency_ratio,
                latency_floor_seconds=options.latency_floor,
                max_disagreement_ratio=options.max_disagreement_ratio,
                min_compared_rows=options.min_compared_rows,
                max_restarts=options.max_restarts,
            ),
            timing=Timing(options.interval, options.min_step_time, options.progress_deadline),
        )
    )


def _chart(given: str) -> str:
    # An absolute path, because `resume` may run in another directory.
    return str(Path(given).resolve()) if Path(given).exists() else given


def _operations(options: argparse.Namespace) -> "Operations":
    if not 1 <= options.helm_timeout <= 3600:
        raise ModelctlError(f"--helm-timeout must be from 1 to 3600 seconds, got {options.helm_timeout:g}.", "fix it")
    # Imported here because --help needs none of it.
    from modelctl.progress import Progress
    from modelctl.rollout.clock import SystemClock
    from modelctl.rollout.operations import LocalSettings, Operations

    settings = LocalSettings(
        helm=options.helm,
        kubectl=options.kubectl,
        kubeconfig=options.kubeconfig,
        kube_context=options.kube_context,
        helm_timeout_seconds=options.helm_timeout,
        token_file=getattr(options, "token_file", None),
        ca_file=getattr(options, "ca_file", None),
    )
    return Operations(settings, options.release, options.namespace, Progress(sys.stderr), SystemClock())


def _print(options: argparse.Namespace, outcome: "Outcome", with_exit_code: bool = False) -> None:
    from modelctl.rollout.report import as_json, as_text

    sys.stdout.write((as_json if options.json else as_text)(outcome.state, outcome.weights))
    if with_exit_code and outcome.state.exit_code:
        # A rollback is a result of the command, not an error of it.
        raise SystemExit(outcome.state.exit_code)
