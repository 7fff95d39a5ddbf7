"""Drift: counting, forgetting, comparing."""

import itertools
import math
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_server.drift.bins import ReferenceBins, count_classes, count_numbers
from model_server.drift.monitor import MIN_ROWS, DriftMonitor
from model_server.drift.psi import population_stability_indices
from model_server.drift.reference import ClassShares, NumberShares, Reference
from model_server.drift.window import SlidingWindow

QUARTERS = NumberShares((1.0, 2.0, 3.0), (0.25, 0.25, 0.25, 0.25))
LABELS = ClassShares(("a", "b"), (0.5, 0.5))
REFERENCE = Reference(1000, (("width", QUARTERS), ("height", QUARTERS)), LABELS)


def _monitor(window_rows: int = 10_000) -> DriftMonitor:
    return DriftMonitor(REFERENCE, window_rows)


def _rows(number: int, seed: int = 0) -> "np.ndarray":
    return np.random.default_rng(seed).uniform(0, 4, size=(number, 2))


def _labels(number: int) -> "np.ndarray":
    return np.array(["a", "b"] * number)[:number]


@pytest.mark.parametrize(
    ("expected", "actual", "index"),
    [
        # By hand: (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5).
        ([0.5, 0.5], [60, 40], 0.1 * math.log(1.2) - 0.1 * math.log(0.8)),
        ([0.25, 0.25, 0.5], [25, 25, 50], 0.0),
        # A share of nothing counts as 0.0001.
        ([1.0, 0.0], [50, 50], 0.5 * math.log(2) + (0.5 - 1e-4) * math.log(5000)),
        ([0.5, 0.5, 0.0], [50, 50, 0], 0.0),
    ],
)
def test_index_matches_the_formula(expected: list[float], actual: list[int], index: float) -> None:
    found = population_stability_indices(np.array(expected), np.array(actual), sum(actual), np.array([0]))
    assert found.tolist() == pytest.approx([index])


def test_several_histograms_give_one_index_each() -> None:
    expected, actual = np.array([0.5, 0.5, 0.2, 0.3, 0.5]), np.array([60, 40, 10, 10, 80])
    alone = [
        population_stability_indices(expected[part], actual[part], 100, np.array([0]))[0]
        for part in (slice(0, 2), slice(2, 5))
    ]
    together = population_stability_indices(expected, actual, 100, np.array([0, 2]))
    assert together.tolist() == pytest.approx(alone)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50),
    st.sets(st.floats(-100, 100), max_size=5),
)
def test_every_number_is_counted_once_and_in_its_bin(values: list[float], edges: set[float]) -> None:
    limits = sorted(edges)
    counts = count_numbers(np.array(values), np.array(limits))
    bounds = [-math.inf, *limits, math.inf]
    by_hand = [sum(low < value <= high for value in values) for low, high in itertools.pairwise(bounds)]
    assert counts.tolist() == by_hand


@pytest.mark.parametrize(
    ("prediction", "counts"),
    [
        (np.array(["b", "a", "b"]), [1, 2, 0]),
        (np.array(["b", "new"], dtype=object), [0, 1, 1]),
        (np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], dtype=np.float32), [1, 2, 0]),
    ],
)
def test_labels_and_probabilities_are_counted_by_class(prediction: "np.ndarray", counts: list[int]) -> None:
    assert count_classes(prediction, ("a", "b")).tolist() == counts


def test_labels_that_are_whole_numbers_are_counted_by_class() -> None:
    assert count_classes(np.array([7, 3, 7], dtype=np.int64), (3, 7)).tolist() == [1, 2, 0]


def test_features_and_prediction_have_separate_bins() -> None:
    reference = Reference(10, (("a", NumberShares((), (1.0,))), ("b", QUARTERS)), NumberShares((0.0,), (0.5, 0.5)))
    bins = ReferenceBins(reference)
    counts = bins.count(np.array([[5.0, 2.5], [6.0, 9.0]]), np.array([[-1.0], [1.0]]))
    assert bins.starts.tolist() == [0, 1, 5]
    assert counts.tolist() == [2, 0, 0, 1, 1, 1, 1]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=100), st.integers(1, 100))
def test_window_holds_the_most_recent_rows_and_few_more(requests: list[int], size: int) -> None:
    window = SlidingWindow(2, size)
    sent: list[int] = []
    for number, rows in enumerate(requests):
        window.add(np.array([rows * (number % 2), rows * (1 - number % 2)]), rows)
        sent += [number % 2] * rows
    assert min(size, len(sent)) <= window.rows <= size + max(1, size // 10) + max(requests)
    newest = sent[len(sent) - window.rows :]
    assert window.counts.tolist() == [sum(newest), len(newest) - sum(newest)]


def test_index_is_small_for_training_rows_and_large_for_shifted_rows() -> None:
    monitor = _monitor()
    rows = _rows(5000)
    rows[:, 1] += 2
    monitor.record(rows, np.array(["a"] * 5000))
    reading = monitor.reading()
    assert reading.rows == 5000
    assert reading.features["width"] < 0.01
    assert reading.features["height"] > 0.25
    assert reading.prediction is not None
    assert reading.prediction > 0.25


def test_single_rows_and_one_large_request_give_the_same_index() -> None:
    together, alone = _monitor(), _monitor()
    rows, labels = _rows(700), _labels(700)
    together.record(rows, labels)
    for at in range(700):
        alone.record(rows[at : at + 1], labels[at : at + 1])
    assert alone.reading() == together.reading()


def test_too_few_rows_have_no_index() -> None:
    monitor = _monitor()
    monitor.record(_rows(MIN_ROWS - 1), _labels(MIN_ROWS - 1))
    reading = monitor.reading()
    assert (reading.rows, reading.features, reading.prediction) == (MIN_ROWS - 1, {}, None)
    monitor.record(_rows(1), _labels(1))
    assert set(monitor.reading().features) == {"width", "height"}


def test_old_rows_leave_the_window() -> None:
    monitor = _monitor(window_rows=1000)
    monitor.record(_rows(3000) + 10, _labels(3000))
    for _ in range(30):
        monitor.record(_rows(50, seed=1), _labels(50))
    assert max(monitor.reading().features.values()) < 0.1


def test_rows_of_several_threads_are_all_counted() -> None:
    monitor = _monitor()

    def send() -> None:
        for _ in range(500):
            monitor.record(_rows(1), _labels(1))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert monitor.reading().rows == 2000


def test_uncountable_answer_does_not_fail_the_request(caplog: pytest.LogCaptureFixture) -> None:
    monitor = _monitor()
    surprising = np.array([["a"], ["b"]], dtype=object)
    monitor.record(_rows(2), surprising)
    monitor.record(_rows(300), _labels(300))
    assert "rows could not be counted for drift" in caplog.text
    monitor.record(_rows(300), _labels(300))
    assert monitor.reading().rows == 300, "what comes after it is to be counted again"
