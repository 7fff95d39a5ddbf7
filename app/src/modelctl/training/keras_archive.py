"""Make the files of equal Keras models equal.

A `.keras` archive contains the time of saving and the memory addresses of objects, so its bytes differ in every run.
The time is replaced by a constant, and the addresses by numbers in order of appearance.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

# The earliest time that a zip archive can represent.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SAVED = "1980-01-01@00:00:00"


def make_reproducible(path: Path) -> None:
    """Rewrite the archive at `path` in place."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = _SAVED
    members["metadata.json"] = json.dumps(metadata).encode()
    config = json.loads(members["config.json"])
    _renumber(config, {})
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), members[name])


def _renumber(value: Any, numbers: dict[int, int]) -> None:
    if isinstance(value, dict):
        if "shared_object_id" in value:
            value["shared_object_id"] = numbers.setdefault(value["shared_object_id"], len(numbers))
        for item in value.values():
            _renumber(item, numbers)
    elif isinstance(value, list):
        for item in value:
            _renumber(item, numbers)
