"""Releases of charts/model-server, installed with the values files of the repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.helm import helm

# A busy node pulls and starts slowly.
WAIT = ("--wait", "--timeout", "240s")


@dataclass(frozen=True)
class Release:
    """A release. ``digest`` is that of the server's current image.

    A tag is not enough: it stays the same when the code changes, and nodes keep the image they pulled.
    """

    name: str
    values: Path
    namespace: str
    chart: str
    digest: str

    @property
    def service(self) -> str:
        """The host name of the Service in its namespace."""
        return f"{self.name}-model-server"

    @property
    def url(self) -> str:
        """The URL for clients in the namespace."""
        return f"http://{self.service}"

    def upgrade(self, values: Mapping[str, str], *, wait: bool = True, file: Path | None = None) -> None:
        """Install or upgrade the release with the values of its file, or of ``file``, overridden by ``values``."""
        settings = {"image.digest": self.digest, **values}
        self._helm(
            *("upgrade", self.name, self.chart, "--install", "--values", str(file or self.values)),
            *(part for key, value in settings.items() for part in ("--set", f"{key}={value}")),
            *(WAIT if wait else ()),
        )

    def rollback(self) -> None:
        """Roll back to the previous revision."""
        self._helm("rollback", self.name, *WAIT)

    def test(self) -> str:
        """Run the chart's test; returns the output of Helm and of the test's pod."""
        return self._helm("test", self.name, "--logs", "--timeout", "120s")

    def uninstall(self) -> None:
        """Uninstall the release and wait until its objects are deleted."""
        self._helm("uninstall", self.name, *WAIT)

    def _helm(self, *arguments: str) -> str:
        return helm("--namespace", self.namespace, *arguments)


def image_source(reference: str) -> dict[str, str]:
    """Return the values for a model in an OCI image."""
    return {"model.source.image.reference": reference}
