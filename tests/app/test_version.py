"""The version is written in several files, which have to agree."""

import tomllib

from model_server import __version__
from tests.app.process import REPOSITORY_ROOT


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((REPOSITORY_ROOT / "app/pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    dockerfile = (REPOSITORY_ROOT / "app/Dockerfile").read_text()
    assert f'org.opencontainers.image.version="{__version__}"' in dockerfile
    assert f"docker build -t model-server:{__version__} ." in dockerfile
