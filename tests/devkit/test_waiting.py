"""Waiting with a deadline."""

from __future__ import annotations

import pytest

from devkit.waiting import until


def test_returns_the_first_true_value() -> None:
    values = iter([None, 0, "ready", "later"])
    assert until("it is ready", lambda: next(values), 10, 0) == "ready"


def test_an_expected_exception_counts_as_not_yet() -> None:
    results = iter([AssertionError("not yet"), None, True])

    def probe() -> bool | None:
        result = next(results)
        if isinstance(result, AssertionError):
            raise result
        return result

    assert until("it is ready", probe, 10, 0)


def test_timeout_names_the_condition_and_the_last_result() -> None:
    def probe() -> bool:
        raise AssertionError("2 of 3 pods are ready")

    with pytest.raises(TimeoutError, match=r"waiting until all pods are ready; last result: 2 of 3 pods are ready"):
        until("all pods are ready", probe, 0, 0)


def test_other_exceptions_end_the_wait() -> None:
    with pytest.raises(ZeroDivisionError):
        until("it is ready", lambda: 1 // 0, 10, 0)
