"""Programs that check rendered files."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cluster import tools


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the catalog and return its result."""
    command = [str(tools.ensure(program)), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
