"""``python -m devkit commits``: check the messages of commits."""

from __future__ import annotations

import argparse

from devkit import commits
from devkit.commands import Subparsers
from devkit.exits import EXIT_FAILURE, EXIT_OK

EXAMPLES = """examples:
  python -m devkit commits              check every commit that the rule applies to
  python -m devkit commits main..HEAD   check the commits of a branch
"""


def register(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "commits",
        help="check the messages of commits",
        description="Check the messages of commits against docs/contributing/style.md.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("revisions", nargs="?", metavar="RANGE", help="a range of revisions, as `git log` takes it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what is wrong with each message; fail if anything is."""
    read = commits.read(options.revisions or commits.default_range())
    wrong = [f"{each.identifier} {each.subject!r}: {problem}" for each in read for problem in commits.problems(each)]
    for line in wrong:
        print(line)
    return EXIT_FAILURE if wrong else EXIT_OK
