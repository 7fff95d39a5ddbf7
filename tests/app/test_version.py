"""The version is written in several files, which have to agree."""

import tomllib

from devkit import paths
from model_server import __version__


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((paths.REPOSITORY / "app/pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    dockerfile = (paths.REPOSITORY / "app/Dockerfile").read_text()
    assert f'org.opencontainers.image.version="{__version__}"' in dockerfile
    assert f"docker build -t model-server:{__version__} ." in dockerfile
