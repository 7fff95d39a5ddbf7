"""``python -m devkit new``: scaffold a chart, an alert or a dashboard."""

from __future__ import annotations

import argparse
import sys

from devkit import paths
from devkit.commands import Subparsers
from devkit.scaffolds import alert, chart, dashboard

EXAMPLES = """examples:
  python -m devkit new chart feature-store --description "Serves features to models"
  python -m devkit new alert ModelTooOld --file model-alerts --severity warning
  python -m devkit new dashboard costs --description "What the models cost"

exit codes: 0 success, 1 the name is invalid or taken, 2 usage error
"""


def register(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "new",
        help="scaffold a chart, an alert or a dashboard",
        description="Write the files of a new chart, alert or dashboard, and print the next steps.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    new_chart = kinds.add_parser("chart", help="charts/NAME with its tests")
    new_alert = kinds.add_parser("alert", help="a rule with runbook and promtool test")
    new_dashboard = kinds.add_parser("dashboard", help="a dashboard definition")
    for kind in (new_chart, new_alert, new_dashboard):
        kind.add_argument("name", metavar="NAME", help="its name, as in the examples of `new --help`")
    for kind in (new_chart, new_dashboard):
        kind.add_argument("--description", required=True, metavar="TEXT", help="one sentence")
    new_alert.add_argument("--file", choices=sorted(alert.GROUPS), required=True, help="rule file, without .yaml")
    new_alert.add_argument("--severity", choices=alert.SEVERITIES, default="warning", help="default: warning")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    root = paths.REPOSITORY
    if options.kind == "chart":
        files, next_steps = chart.create(root, options.name, options.description)
    elif options.kind == "alert":
        files, next_steps = alert.create(root, options.name, options.file, options.severity)
    else:
        files, next_steps = dashboard.create(root, options.name, options.description)
    for path in dict.fromkeys(files):
        print(f"wrote {path.relative_to(root)}", file=sys.stderr)
    print(next_steps)
