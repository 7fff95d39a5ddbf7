"""``python -m devkit bump``: change a pinned version."""

from __future__ import annotations

import argparse

from devkit.commands import Subparsers

EXAMPLES = """examples:
  python -m devkit bump prometheus=1.2.3             change one version
  python -m devkit bump kubernetes=1.2.3 kind=0.1.2  change two together
  make bump prometheus=1.2.3                         the same as the first

versions.yaml lists the names. Exit codes: 0 done (the output lists what is left to do by hand), 1 refused,
2 wrong usage.
"""


def register(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "bump",
        help="change pinned versions",
        description="Change versions in versions.yaml, the Go modules that have them, and the texts that mention them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assignments", nargs="+", metavar="NAME=VERSION", help="a name of versions.yaml")
    parser.add_argument("--no-tidy", action="store_true", help="edit go.mod files without resolving the modules again")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the changed files, then what is left to do."""
    from cluster.tools import golang
    from devkit import bump, paths

    wanted = bump.parse(options.assignments)
    report = bump.bump(wanted, paths.REPOSITORY, golang.ensure(), tidy=not options.no_tidy)
    print("changed:", *sorted(report.changed), sep="\n  ")
    if report.left:
        print("left to do:", *report.left, sep="\n  * ")
