"""Writes the metadata of the distribution next to sources that are copied instead of installed.

    python write_metadata.py PYPROJECT FOLDER

`importlib.metadata` then finds the version and the entry points of `model-server` in FOLDER, if FOLDER is on the path.
"""

import sys
import tomllib
from pathlib import Path


def write_metadata(pyproject: Path, folder: Path) -> Path:
    """Write `<name>-<version>.dist-info` into `folder` and return its path."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    target = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    target.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (target / "METADATA").write_text(head, encoding="utf-8")
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    sections = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in groups.items()
    )
    (target / "entry_points.txt").write_text("\n".join(sections), encoding="utf-8")
    return target


if __name__ == "__main__":
    write_metadata(Path(sys.argv[1]), Path(sys.argv[2]))
