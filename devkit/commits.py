"""``python -m devkit commits``: check the messages of commits against docs/contributing/style.md."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The rule is as old as this commit: what came before has subjects of up to 238 characters.
SINCE = "54c1f16a171214f08ce40f3e485ab8d6b824b289"
SUBJECT_MAX = 72
SUBJECT = re.compile(r"[a-z][a-z0-9-]*: [a-z].*[^.]")

EXAMPLES = """examples:
  python -m devkit commits              check every commit that the rule applies to
  python -m devkit commits main..HEAD   check the commits of a branch

exit codes: 0 all are well-formed, 1 some are not, 2 wrong usage
"""


@dataclass(frozen=True)
class Commit:
    """A commit's message. ``identifier`` is abbreviated."""

    identifier: str
    subject: str
    body: str


def problems(commit: Commit) -> Iterator[str]:
    """Yield what is wrong with a message, each with its remedy."""
    if len(commit.subject) > SUBJECT_MAX:
        yield f"the subject has {len(commit.subject)} characters: shorten it to {SUBJECT_MAX}, the body takes the rest"
    if not SUBJECT.fullmatch(commit.subject):
        yield "the subject is not `area: imperative`: write it like `server: reject bodies above the limit`"
    if not commit.body.strip():
        yield "there is no body: say why the change is made"


def read(revisions: str, root: Path = ROOT) -> list[Commit]:
    """Return the commits of a revision range, merges left out, oldest first."""
    command = ["git", "log", "--reverse", "--no-merges", "-z", "--format=%h%x1f%s%x1f%b", revisions]
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [Commit(*entry.split("\x1f", 2)) for entry in output.split("\0") if entry]


def default_range(root: Path = ROOT) -> str:
    """Return the range since the rule exists; a shallow clone may not reach back so far."""
    known = subprocess.run(["git", "cat-file", "-e", f"{SINCE}^{{commit}}"], cwd=root, capture_output=True, check=False)
    return f"{SINCE}..HEAD" if known.returncode == 0 else "HEAD"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m devkit commits",
        description="Check the messages of commits.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("revisions", nargs="?", metavar="RANGE", help="a range of revisions, as `git log` takes it")
    options = parser.parse_args(arguments)
    revisions = options.revisions or default_range()
    try:
        commits = read(revisions)
    except subprocess.CalledProcessError as error:
        print(f"error: {error.stderr.strip()}\nremedy: name a range such as main..HEAD", file=sys.stderr)
        return 2
    wrong = [f"{each.identifier} {each.subject!r}: {problem}" for each in commits for problem in problems(each)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
