"""The one error that reaches a person."""

from __future__ import annotations


class ClusterError(Exception):
    """Something is wrong that the person at the keyboard can mend.

    ``cause`` says what is wrong and where, followed by the last lines of a failed program; ``remedy`` says in one
    line what to do about it.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause, remedy)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.cause} Remedy: {self.remedy}"


class DiskFullError(ClusterError):
    """There is no space left; trying something else would only write more."""
