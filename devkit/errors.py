"""The error whose message is for the user: what is wrong, and how to fix it."""

from __future__ import annotations


class UserError(Exception):
    """A failure that the user can fix.

    ``cause`` says what is wrong and where, followed by the last lines of output if a program failed; ``remedy`` says
    in one line how to fix it.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause, remedy)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.cause} Remedy: {self.remedy}"


class DiskFullError(UserError):
    """No space is left on the device; a retry or a fallback would only write more."""
