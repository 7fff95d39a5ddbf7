"""``python -m devkit prose``: report banned phrases."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from devkit import prose
from devkit.commands import Subparsers
from devkit.exits import EXIT_FAILURE, EXIT_OK

EXAMPLES = """examples:
  python -m devkit prose                  check every text file that Git tracks
  python -m devkit prose charts docs      check two folders
  python -m devkit prose --figures        print how often lines match, per 10,000 lines

exit codes: 0 nothing found, 1 findings, 2 wrong usage
"""


def register(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "prose",
        help="report phrases that docs/contributing/style.md bans",
        description="Report phrases that docs/contributing/style.md bans.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("places", nargs="*", metavar="PATH", help="files or folders; default: the whole repository")
    parser.add_argument("--figures", action="store_true", help="print the figures also if they are within their limits")
    parser.add_argument("--json", action="store_true", help="print findings and figures as JSON")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    found, counted = prose.check(options.places)
    # A folder has too few lines for a rate to mean anything.
    over = [] if options.places else [figure for figure in counted if figure.rate > figure.most]
    if options.json:
        print(json.dumps({"findings": list(map(asdict, found)), "figures": list(map(asdict, counted))}, indent=2))
    else:
        for line in [*found, *(counted if options.figures else over)]:
            print(line)
    if found or over:
        print(f"prose: {len(found)} findings, {len(over)} figures over their limit", file=sys.stderr)
        return EXIT_FAILURE
    return EXIT_OK
