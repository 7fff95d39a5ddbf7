"""Released charts, stored as packages next to the values files that they were tested with."""

from __future__ import annotations

import hashlib
import re
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cluster import scratch
from devkit import paths

_NAME = re.compile(r"(.+?)-(\d+\.\d+\.\d+.*)")
FOLDER = paths.REPOSITORY / "tests" / "charts" / "released"


@dataclass(frozen=True)
class Package:
    """A package from `helm package`. A folder of the same name has its values files, which packages do not contain."""

    file: Path

    @property
    def chart(self) -> str:
        """The name of the chart."""
        return self._parts()[0]

    @property
    def version(self) -> str:
        """The version of the chart."""
        return self._parts()[1]

    def __str__(self) -> str:
        return self.file.stem

    @property
    def values_files(self) -> list[Path]:
        """The values files of that version."""
        return sorted(self.file.with_suffix("").glob("*.yaml"))

    @cached_property
    def folder(self) -> Path:
        """The folder of the unpacked chart."""
        root = paths.BUILD / "released"
        target = root / f"{self.file.stem}-{hashlib.sha256(self.file.read_bytes()).hexdigest()[:16]}"
        if not target.is_dir():
            root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=root) as work, tarfile.open(self.file) as archive:
                archive.extractall(work, filter="data")
                scratch.publish(Path(work) / self.chart, target)
        return target

    def _parts(self) -> tuple[str, str]:
        match = _NAME.fullmatch(self.file.stem)
        if match is None:
            raise ValueError(f"{self.file.name} is not a chart package. Remedy: call it NAME-VERSION.tgz.")
        return match[1], match[2]


def packages() -> list[Package]:
    """Return every released chart in tests/charts/released."""
    return [Package(file) for file in sorted(FOLDER.glob("*.tgz"))]
