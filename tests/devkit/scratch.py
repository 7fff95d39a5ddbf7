"""A scratch copy of the repository, for tests that change tracked files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devkit import paths
from devkit.mentions import tracked

# Folders that no recipe of docs/contributing needs; their files are most of the repository.
_LEFT_OUT = ("tests/charts/released/", "tests/e2e/", "tests/istio_local/", "tests/recovery/", "benchmarks/")
# As at import: conftest.py gives each test an empty cache, in which promtool would be built again for minutes.
ENVIRONMENT = dict(os.environ)


class Scratch:
    """A copy of the tracked files in which commands can run."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        for name in tracked(paths.REPOSITORY):
            if not name.startswith(_LEFT_OUT):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(paths.REPOSITORY / name, target)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``python -m ARGUMENTS`` with the packages of the copy."""
        # Imports of this process may not leak into the other one, whose packages are those of the copy.
        environment = {**ENVIRONMENT, "PYTHONPATH": f"{self.root}:{self.root / 'app' / 'src'}"}
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeed(self, *arguments: str) -> str:
        """Run ``python -m ARGUMENTS`` and return its standard output; fails if it does."""
        process = self.run(*arguments)
        assert process.returncode == 0, f"python -m {' '.join(arguments)}:\n{process.stdout}\n{process.stderr}"
        return process.stdout
