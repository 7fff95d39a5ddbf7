"""The prose linter: finds the phrases that docs/contributing/style.md bans, in every tracked text file.

Prose linters read Markdown and the comments of a few languages. The texts that users meet most are elsewhere: Helm
templates, comments of values files, alert annotations, messages in Python. So the rules match whole lines of all of
them, which also makes the figures comparable with other projects.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from devkit import paths

RULES = Path(__file__).with_name("prose.yaml")
LINES = 10_000


@dataclass(frozen=True)
class Rule:
    """A banned phrase. ``instead`` says what to write; lines that match ``allow`` are not reported."""

    name: str
    pattern: re.Pattern[str]
    instead: str
    allow: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Limit:
    """The highest rate of lines that match ``pattern``, per 10,000 lines."""

    name: str
    pattern: re.Pattern[str]
    most: float


@dataclass(frozen=True)
class Finding:
    """A phrase to rewrite. ``line`` counts from 1."""

    file: str
    line: int
    rule: str
    text: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.text!r}\n  remedy: write {self.instead}"


@dataclass(frozen=True)
class Figure:
    """A measured rate: lines that match per 10,000 lines; more than ``most`` is too many."""

    name: str
    lines: int
    rate: float
    most: float

    def __str__(self) -> str:
        return f"{self.name}: {self.lines} lines, {self.rate:.1f} per 10,000 (limit {self.most:g})"


@dataclass(frozen=True)
class Rules:
    """The contents of prose.yaml."""

    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...]
    exclude: tuple[str, ...]


def load(file: Path = RULES) -> Rules:
    """Read the rules. Raises ``KeyError`` or ``re.error`` if an entry is malformed."""
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Rules(
        tuple(
            Rule(
                each["name"],
                re.compile(each["pattern"], re.IGNORECASE),
                each["instead"],
                re.compile(each["allow"]) if "allow" in each else None,
            )
            for each in content["rules"]
        ),
        tuple(
            Limit(each["name"], re.compile(each["pattern"], re.IGNORECASE), each["most"]) for each in content["figures"]
        ),
        tuple(content["exclude"]),
    )


def tracked(root: Path, places: Sequence[str], exclude: Sequence[str]) -> Iterator[Path]:
    """Yield the files in ``places`` that Git tracks or would add, without the excluded ones."""
    pathspecs = [*(places or ["."]), *(f":(exclude){pattern}" for pattern in exclude)]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *pathspecs]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        file = root / name
        if file.is_file() and not file.is_symlink():
            yield file


def findings(rules: Sequence[Rule], name: str, text: str) -> Iterator[Finding]:
    """Yield what ``rules`` match in the text of the file called ``name``."""
    for number, line in enumerate(text.splitlines(), start=1):
        for rule in rules:
            if rule.allow is not None and rule.allow.search(line):
                continue
            for match in rule.pattern.finditer(line):
                yield Finding(name, number, rule.name, match[0], rule.instead)


def figures(limits: Sequence[Limit], lines: Sequence[str]) -> list[Figure]:
    """Count the lines that match each limit's pattern."""
    counted = [sum(bool(limit.pattern.search(line)) for line in lines) for limit in limits]
    return [
        Figure(limit.name, count, count * LINES / max(len(lines), 1), limit.most)
        for limit, count in zip(limits, counted, strict=True)
    ]


def check(places: Sequence[str] = (), *, root: Path | None = None) -> tuple[list[Finding], list[Figure]]:
    """Check the files in ``places``, or all of them; figures are about the same files."""
    root = root or paths.REPOSITORY
    rules = load()
    found: list[Finding] = []
    lines: list[str] = []
    for file in tracked(root, places, rules.exclude):
        text = file.read_text(encoding="utf-8", errors="replace")
        found += findings(rules.rules, file.relative_to(root).as_posix(), text)
        lines += text.splitlines()
    return found, figures(rules.limits, lines)
