"""Releases of the chart, installed with values files that users are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.helm import helm

# Where the values end, Helm's patience begins: a node that is busy pulls and starts slowly.
WAIT = ("--wait", "--timeout", "240s")


@dataclass(frozen=True)
class Release:
    """One release; ``digest`` is the server's image as it is now.

    The tag alone would not do: it stays the same when the code changes, and nodes keep what they once pulled.
    """

    name: str
    values: Path
    namespace: str
    chart: str
    digest: str

    @property
    def service(self) -> str:
        """The Service's host name, within the namespace."""
        return f"{self.name}-model-server"

    @property
    def url(self) -> str:
        """Where clients in the namespace find it."""
        return f"http://{self.service}"

    def upgrade(self, values: Mapping[str, str], *, wait: bool = True, file: Path | None = None) -> None:
        """Install, or upgrade to exactly these values beside the file's; ``file`` takes the place of the release's."""
        settings = {"image.digest": self.digest, **values}
        self._helm(
            *("upgrade", self.name, self.chart, "--install", "--values", str(file or self.values)),
            *(part for key, value in settings.items() for part in ("--set", f"{key}={value}")),
            *(WAIT if wait else ()),
        )

    def rollback(self) -> None:
        """Go back to the revision before."""
        self._helm("rollback", self.name, *WAIT)

    def test(self) -> str:
        """Run the chart's own test; returns what Helm and the test's pod printed."""
        return self._helm("test", self.name, "--logs", "--timeout", "120s")

    def uninstall(self) -> None:
        """Remove it and wait until its objects are gone."""
        self._helm("uninstall", self.name, *WAIT)

    def _helm(self, *arguments: str) -> str:
        return helm("--namespace", self.namespace, *arguments)


def image_source(reference: str) -> dict[str, str]:
    """The values that have the model come from an OCI image."""
    return {"model.source.image.reference": reference}
