"""The programs that check what is rendered."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cluster import tools


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What a program says."""
    command = [str(tools.ensure(program)), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
