"""The shape of a source, and how it says that something went wrong.

What trying again cannot mend is a ModelctlError; all else is Unavailable.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Resume:
    """What is there already: the bytes before `offset` of the content that had `validator`."""

    offset: int
    validator: str


class Body(Protocol):
    """The answer to a request."""

    @property
    def start(self) -> int:
        """Where in the whole its first byte is; 0 if a resumption was not possible."""

    @property
    def total(self) -> int | None:
        """Size of the whole, where it is known."""

    @property
    def validator(self) -> str | None:
        """What a later resumption names; None if there can be none."""

    def read(self) -> bytes:
        """Give the next bytes, or none at the end. Raises Unavailable if they end too early."""

    def close(self) -> None:
        """Let go of the connection."""


class Source(Protocol):
    """One archive at one place."""

    def open(self, resume: Resume | None) -> Body:
        """Begin to read, at `resume` if the content is still the same. Raises Unavailable or ModelctlError."""


class Unavailable(Exception):
    """The bytes cannot be had now; `retry_after` is how many seconds the server has asked to wait."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


@dataclass(frozen=True)
class SourceOptions:
    """What the command line says about the way to an archive."""

    endpoint: str | None = None
    region: str | None = None
    virtual_hosted: bool | None = None
    allow_http: bool = False
    ca_file: str | None = None
    header_file: str | None = None
    timeout_seconds: float = 1800.0
