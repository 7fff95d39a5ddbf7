"""Schema errors in a stable order, so that equal errors are equal texts."""

from __future__ import annotations

import re

# An error of the schema; its causes follow, indented further.
_ERROR = re.compile(r"( *)- at '")


def sort_schema_errors(reason: str) -> str:
    """Return `reason` with the errors of a schema sorted: Helm walks the values in random order."""
    lines = reason.split("\n")
    result: list[str] = []
    while lines:
        match = _ERROR.match(lines[0])
        if match is None:
            result.append(lines.pop(0))
            continue
        siblings = []
        while lines and lines[0].startswith(f"{match[1]}- at '"):
            parts = [lines.pop(0)]
            while lines and lines[0].startswith(f"{match[1]}  "):
                parts.append(lines.pop(0))
            siblings.append("\n".join([parts[0], sort_schema_errors("\n".join(parts[1:]))] if parts[1:] else parts))
        result += sorted(siblings)
    return "\n".join(result)
