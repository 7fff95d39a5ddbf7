"""The messages of commits, checked against docs/contributing/style.md."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devkit.errors import UserError
from devkit.paths import REPOSITORY

# The rule is as old as this commit: what came before has subjects of up to 238 characters.
SINCE = "54c1f16a171214f08ce40f3e485ab8d6b824b289"
SUBJECT_MAX = 72
SUBJECT = re.compile(r"[a-z][a-z0-9-]*: [a-z].*[^.]")


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
        yield "the body is missing: explain why the change is made"


def read(revisions: str, root: Path = REPOSITORY) -> list[Commit]:
    """Return the commits of a revision range, merges left out, oldest first."""
    command = ["git", "log", "--reverse", "--no-merges", "-z", "--format=%h%x1f%s%x1f%b", revisions]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UserError(done.stderr.strip(), "Name a range of revisions, such as main..HEAD.")
    return [Commit(*entry.split("\x1f", 2)) for entry in done.stdout.split("\0") if entry]


def default_range(root: Path = REPOSITORY) -> str:
    """Return the range since the rule exists; a shallow clone may not reach back so far."""
    known = subprocess.run(["git", "cat-file", "-e", f"{SINCE}^{{commit}}"], cwd=root, capture_output=True, check=False)
    return f"{SINCE}..HEAD" if known.returncode == 0 else "HEAD"
