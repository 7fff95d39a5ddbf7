"""The one error that reaches a person."""

from __future__ import annotations


class DashboardError(Exception):
    """Something is wrong that the person at the keyboard can mend: what, and what to do about it."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} Remedy: {remedy}")
        self.cause = cause
        self.remedy = remedy
