"""Refusals, so that equal ones are equal texts."""

from __future__ import annotations

import re

# A schema's complaint; those that it consists of follow, further to the right.
_COMPLAINT = re.compile(r"( *)- at '")


def sort_schema_errors(reason: str) -> str:
    """The reason with a schema's complaints sorted: Helm walks the values in an order of chance."""
    lines = reason.split("\n")
    result: list[str] = []
    while lines:
        match = _COMPLAINT.match(lines[0])
        if match is None:
            result.append(lines.pop(0))
            continue
        alike = []
        while lines and lines[0].startswith(f"{match[1]}- at '"):
            parts = [lines.pop(0)]
            while lines and lines[0].startswith(f"{match[1]}  "):
                parts.append(lines.pop(0))
            alike.append("\n".join([parts[0], sort_schema_errors("\n".join(parts[1:]))] if parts[1:] else parts))
        result += sorted(alike)
    return "\n".join(result)
