"""Installs charts/model-server for a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cluster import registry
from cluster.helm import WAIT_SECONDS, helm
from cluster.kubectl import kubectl
from devkit import paths, versions
from devkit.errors import UserError

CHART = paths.CHARTS / "model-server"
SERVER_IMAGE = f"model-server:{versions.get('model-server')}"


def image_settings() -> list[str]:
    """Return the ``--set`` arguments for the current digest of the server's image.

    A tag alone would let the nodes keep the image that they already have under it.
    """
    return [f"image.digest={registry.digest(SERVER_IMAGE)}"]


def install(name: str, namespace: str, values: Path, reference: str, settings: Sequence[str] = ()) -> None:
    """Install or upgrade a release that serves the model image ``reference``, and wait until its pods are ready.

    Raises :class:`UserError` with the last events of the namespace if they do not become ready.
    """
    options = [f"model.source.image.reference={reference}", *settings]
    try:
        helm(
            *("upgrade", name, CHART, "--install", "--namespace", namespace, "--values", values),
            *(part for option in options for part in ("--set", option)),
            *("--wait", "--timeout", f"{WAIT_SECONDS}s"),
        )
    except UserError as error:
        events = kubectl("--namespace", namespace, "get", "events", "--sort-by=.lastTimestamp", check=False)
        tail = "\n    ".join(events.splitlines()[-12:])
        raise UserError(f"{error.cause}\n    {tail}\n ", error.remedy) from error
