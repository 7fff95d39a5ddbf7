"""`modelctl rollout`: a new version gets its requests step by step, and loses them if it is worse than the old one."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelctl.errors import ModelctlError
from modelctl.rollout.plan import (
    DEFAULT_STEPS,
    Limits,
    Pace,
    Plan,
    check_plan,
    named_version,
    parse_model_versions,
    parse_steps,
)

if TYPE_CHECKING:
    from modelctl.rollout.commands import Commands, Outcome

_EPILOG = """\
The release is one of charts/istio-routing with trafficManagement: helm. Its list `versions` has both versions, the
old one with weight 100, the new one with 0. Each step is a `helm upgrade` that changes these two weights and nothing
else. The programs helm (4) and kubectl are used as they are set up.

At each step Prometheus is asked about the requests since it began: the share of errors and of refused requests, p95
latency, and, where a shadow compares its answers, how many differ. As soon as a limit is passed, or no pod of the new
version is ready, all requests go back to the old one. So they do if nothing can be judged for --patience seconds,
whether requests, Prometheus or the cluster's API are away: nobody would see that the new version is bad.

The plan and the step are the ConfigMap RELEASE-rollout. A run that was killed is gone on with by `resume`. Weights
that somebody else has changed stay as they are, and end the run.
"""

_EXIT_CODES = """\
exit codes
  0   the new version has all requests; for `abort`: the old one has
  2   something has to be corrected first; nothing was changed, or what is there is said
  3   rolled back: the new version was worse, not ready, or an abort was asked for
  4   rolled back: there was nothing to judge by
  75  the cluster or Prometheus failed: the same command, or `resume`, may succeed later
  130 and 143  a signal; the plan and the weights stay
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
        help="move requests to a new version step by step, and back if it is worse",
        description="Move requests to a new version step by step, and back if it is worse.",
        epilog=f"{_EPILOG}\n{_EXIT_CODES}\n'modelctl rollout COMMAND --help' shows examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    start = _subcommand(subcommands, "start", "begin a rollout and carry it to its end")
    _add_what(start)
    _add_limits(start)
    _add_pace(start)
    start.add_argument("--allow-http", action="store_true", help="allow http:// to other machines; others can forge it")
    start.add_argument("--dry-run", action="store_true", help="check everything, show the plan, and change nothing")
    _add_asking(start)
    start.set_defaults(run=_start)

    resume = _subcommand(subcommands, "resume", "go on with a rollout whose run was ended")
    resume.add_argument("--chart", metavar="CHART", help="where the chart is, if not where `start` was told")
    resume.add_argument("--prometheus", metavar="URL", help="where Prometheus is, if not where `start` was told")
    _add_asking(resume)
    resume.set_defaults(run=_resume)

    _subcommand(subcommands, "status", "say how far it is").set_defaults(run=_status)

    abort = _subcommand(subcommands, "abort", "give all requests back to the old version")
    abort.add_argument("--chart", metavar="CHART", help="where the chart is, if not where `start` was told")
    abort.add_argument("--keep-weights", action="store_true", help="forget the plan, and leave the weights as they are")
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
    parser.add_argument("--helm", metavar="PATH", help="the program helm (default: the one on PATH)")
    parser.add_argument("--kubectl", metavar="PATH", help="the program kubectl (default: the one on PATH)")
    parser.add_argument("--kubeconfig", metavar="FILE", help="for both (default: as they have it)")
    parser.add_argument("--kube-context", metavar="NAME", help="for both (default: as they have it)")
    parser.add_argument(
        "--helm-timeout", type=float, default=120.0, metavar="SECONDS", help="for one upgrade (default: 120)"
    )
    return parser


def _add_what(parser: argparse.ArgumentParser) -> None:
    shown = ",".join(str(step) for step in DEFAULT_STEPS)
    parser.add_argument("--chart", required=True, metavar="CHART", help="the release's chart: folder, archive, address")
    parser.add_argument("--model", required=True, metavar="NAME", help="the model, as its metrics name it")
    parser.add_argument(
        "--from", required=True, dest="source", metavar="NAME", help="the version that has all requests"
    )
    parser.add_argument("--to", required=True, dest="target", metavar="NAME", help="the version that gets them")
    parser.add_argument("--prometheus", required=True, metavar="URL", help="address below which /api/v1 is")
    parser.add_argument(
        "--model-version",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="the model's version, where a version's name is another",
    )
    parser.add_argument("--steps", default=shown, metavar="LIST", help=f"weights of the new version (default: {shown})")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    limits = Limits()
    group = parser.add_argument_group("limits")
    for flag, default, kind, text in (
        (
            "--min-requests",
            limits.min_requests,
            int,
            "requests of the new version without which no step is judged good",
        ),
        ("--max-error-ratio", limits.max_error_ratio, float, "share of answers with 5xx beyond the old version's"),
        ("--max-refused-ratio", limits.max_refused_ratio, float, "share of answers with 4xx beyond the old version's"),
        ("--max-latency-ratio", limits.max_latency_ratio, float, "p95 latency as a multiple of the old version's"),
        ("--latency-floor", limits.latency_floor_seconds, float, "seconds below which nothing is too slow"),
        ("--max-disagreement-ratio", limits.max_disagreement_ratio, float, "share of compared rows that may differ"),
        ("--min-compared-rows", limits.min_compared_rows, int, "compared rows to wait for; 0 waits for none"),
        ("--max-restarts", limits.max_restarts, int, "how often the new version's containers may restart"),
    ):
        group.add_argument(flag, type=kind, default=default, metavar="N", help=f"{text} (default: {default})")


def _add_pace(parser: argparse.ArgumentParser) -> None:
    pace = Pace()
    group = parser.add_argument_group("pace")
    for flag, default, text in (
        ("--interval", pace.interval_seconds, "between two looks"),
        ("--min-step-time", pace.min_step_seconds, "that a step lasts at least"),
        ("--patience", pace.patience_seconds, "that a step may last; all requests go back then"),
    ):
        group.add_argument(
            flag, type=float, default=default, metavar="SECONDS", help=f"seconds {text} (default: {default:g})"
        )


def _add_asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="bearer token for Prometheus, read each time")
    parser.add_argument("--ca-file", metavar="FILE", help="more authorities to trust, beside the machine's")


def _start(options: argparse.Namespace) -> None:
    plan = _plan(options)
    commands = _commands(options)
    if options.dry_run:
        from modelctl.rollout.report import plan_as_json, plan_as_text

        _, _, release, _ = commands.check(plan)
        shown = plan_as_json if options.json else plan_as_text
        sys.stdout.write(shown(plan, release.shown_weights))
        return
    _answer(options, commands.start(plan), with_exit_code=True)


def _resume(options: argparse.Namespace) -> None:
    _answer(options, _commands(options).resume(options.chart, options.prometheus), with_exit_code=True)


def _status(options: argparse.Namespace) -> None:
    _answer(options, _commands(options).status())


def _abort(options: argparse.Namespace) -> None:
    _answer(options, _commands(options).abort(options.chart, options.keep_weights))


def _plan(options: argparse.Namespace) -> Plan:
    numbers = parse_model_versions(options.model_version)
    return check_plan(
        Plan(
            release=options.release,
            namespace=options.namespace,
            chart=_chart(options.chart),
            model=options.model,
            source=named_version(options.source, numbers),
            target=named_version(options.target, numbers),
            prometheus=options.prometheus,
            allow_http=options.allow_http,
            steps=parse_steps(options.steps),
            limits=Limits(
                min_requests=options.min_requests,
                max_error_ratio=options.max_error_ratio,
                max_refused_ratio=options.max_refused_ratio,
                max_latency_ratio=options.max_latency_ratio,
                latency_floor_seconds=options.latency_floor,
                max_disagreement_ratio=options.max_disagreement_ratio,
                min_compared_rows=options.min_compared_rows,
                max_restarts=options.max_restarts,
            ),
            pace=Pace(options.interval, options.min_step_time, options.patience),
        )
    )


def _chart(given: str) -> str:
    # `resume` may be called in another folder.
    return str(Path(given).resolve()) if Path(given).exists() else given


def _commands(options: argparse.Namespace) -> "Commands":
    # Imported late: --help needs none of it.
    if not 1 <= options.helm_timeout <= 3600:
        raise ModelctlError(f"--helm-timeout {options.helm_timeout:g} cannot be used.", "give 1 to 3600 seconds")
    from modelctl.progress import Progress
    from modelctl.rollout.clock import Clock
    from modelctl.rollout.commands import Commands, Tools

    tools = Tools(
        helm=options.helm,
        kubectl=options.kubectl,
        kubeconfig=options.kubeconfig,
        kube_context=options.kube_context,
        helm_timeout_seconds=options.helm_timeout,
        token_file=getattr(options, "token_file", None),
        ca_file=getattr(options, "ca_file", None),
    )
    return Commands(tools, options.release, options.namespace, Progress(sys.stderr), Clock())


def _answer(options: argparse.Namespace, outcome: "Outcome", with_exit_code: bool = False) -> None:
    from modelctl.rollout.report import as_json, as_text

    sys.stdout.write((as_json if options.json else as_text)(outcome.state, outcome.weights))
    if with_exit_code and outcome.state.exit_code:
        # Not an error of the command: it did what it is for, and says how that came out.
        raise SystemExit(outcome.state.exit_code)
