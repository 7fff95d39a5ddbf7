"""``python -m devkit reference``: write docs/reference."""

from __future__ import annotations

import argparse
import sys

from devkit.commands import Subparsers
from devkit.exits import EXIT_FAILURE, EXIT_OK

EXAMPLES = """examples:
  python -m devkit reference           write the pages of docs/reference that are not up to date
  python -m devkit reference --check   report them; part of make lint

exit codes: 0 success, 1 with --check: pages are not up to date, 2 usage error
"""


def register(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "reference",
        help="write docs/reference: metrics, settings, exit codes, alerts, recording rules, values",
        description="Write docs/reference: metrics, settings, exit codes, alerts, recording rules and values.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="only report pages that are not up to date")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    # Imported late: the pages import all packages that they document.
    from devkit.reference import pages

    if not options.check:
        for path in pages.write():
            print(f"wrote {path}" if path.is_file() else f"removed {path}", file=sys.stderr)
        return EXIT_OK
    found = list(pages.stale())
    for path in found:
        print(f"{path}: not up to date.\n  remedy: Run `python -m devkit reference`.", file=sys.stderr)
    return EXIT_FAILURE if found else EXIT_OK
