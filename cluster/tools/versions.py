"""Versions as they appear in what programs print."""

from __future__ import annotations

import re

PATTERN = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")

Version = tuple[int, int, int]


def parse_version(text: str) -> Version | None:
    """The first ``major.minor[.patch]`` in a text, or nothing."""
    match = PATTERN.search(text)
    if match is None:
        return None
    return int(match[1]), int(match[2]), int(match[3] or 0)
