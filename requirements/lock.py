"""Pin the newest versions that the requirements allow: ``make lock``.

The server's lock takes its versions from the developers', so that tests run what the image holds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
# Digests, for every platform and Python from 3.11 on; no comments that change from run to run.
OPTIONS = ("--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate")


def main() -> None:
    """Write both locks."""
    _compile("requirements/dev.in", "requirements/dev.txt", "--upgrade")
    _compile("app/requirements.in", "app/requirements.txt", "--upgrade", "--constraint", "requirements/dev.txt")


def _compile(source: str, target: str, *options: str) -> None:
    command = [UV, "pip", "compile", *OPTIONS, *options, source, "--output-file", target]
    subprocess.run(command, cwd=REPOSITORY, check=True)


if __name__ == "__main__":
    main()
