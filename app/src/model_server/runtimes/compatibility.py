"""Compares the library versions that wrote a model with those installed, before the file is opened."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from model_server.errors import ModelLoadError


def installed_version(distribution: str) -> str:
    """Return the installed version of a distribution, empty if it is not installed. Imports nothing."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def check_framework_versions(path: str, written_with: Mapping[str, str], libraries: Mapping[str, int]) -> None:
    """Compare the leading parts of each library's version. Raises ModelLoadError naming both versions.

    `libraries` maps a distribution to the number of parts to compare; with 0 it only has to be installed.
    """
    for distribution, parts in libraries.items():
        have = installed_version(distribution)
        wanted = written_with.get(distribution, "")
        if not have:
            raise ModelLoadError(f"{path} needs {distribution}, which is not installed.", "install it")
        if parts and not wanted:
            raise ModelLoadError(
                f"{path}: the manifest does not say which {distribution} wrote the file.",
                f"add {distribution!r} to framework_versions",
            )
        if wanted.split(".")[:parts] != have.split(".")[:parts]:
            raise ModelLoadError(
                f"{path} was written with {distribution} {wanted}, but {distribution} {have} is installed.",
                f"serve it with an image that has {distribution} {wanted}, or train it again with {have}",
            )
