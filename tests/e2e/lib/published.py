"""The models of the tests: trained for the session, and published under names that nothing else uses."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster import settings
from cluster.lifecycle import Connection
from devkit.workloads import models
from devkit.workloads.models import ModelVersion

SKLEARN, KERAS = models.EXAMPLES
FOLDER = "e2e"


@dataclass(frozen=True)
class Published:
    """A model version and the reference of its image."""

    model: ModelVersion
    reference: str

    @property
    def repository(self) -> Path:
        """The model repository of the version."""
        return self.model.folder.parent.parent

    def at(self, version: str) -> ModelVersion:
        """Return another version of the same model in the same repository."""
        folder = self.model.folder.parent / version
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return ModelVersion(self.model.example, folder, manifest)


def publish(connection: Connection, model: ModelVersion, folder: str = FOLDER) -> Published:
    """Push a version to the cluster's registry."""
    return Published(model, models.publish(connection, model, folder))


def damaged(model: ModelVersion, repository: Path, damage: Callable[[ModelVersion], None]) -> ModelVersion:
    """Return a copy of the version in another repository, damaged by ``damage``."""
    folder = repository / model.example.name / model.version
    shutil.copytree(model.folder, folder)
    copy = ModelVersion(model.example, folder, model.manifest)
    damage(copy)
    return copy


def truncate(model: ModelVersion) -> None:
    """Cut the model file in half, as an interrupted copy does."""
    content = model.model_file.read_bytes()
    model.model_file.write_bytes(content[: len(content) // 2])


def replace_content(model: ModelVersion, content: bytes) -> None:
    """Replace the content of the model file, and update the manifest, so that the digest is right."""
    model.model_file.write_bytes(content)
    entry = {"path": model.model_file.name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    manifest = {**model.manifest, "files": [entry]}
    (model.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def remove_images(connection: Connection) -> None:
    """Remove the tests' image names from the engine."""
    prefix = f"{settings.REGISTRY_ADDRESS}/{FOLDER}/"
    listed = connection.engine.run("images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()
    ours = [name for name in listed if name.startswith(prefix)]
    if ours:
        connection.engine.run("image", "rm", "--force", *ours, check=False)
