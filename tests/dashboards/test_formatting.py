"""Number formatting in the preview."""

from __future__ import annotations

import math

import pytest

from dashboards.preview.formatting import format_value, tick_unit


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "short", "0"),
        (3, "short", "3"),
        (1.2345, "short", "1.23"),
        (0.0123456, "short", "0.0123"),
        (120, "short", "120"),
        (119.6, "short", "120"),
        (1234, "short", "1.23 K"),
        (5_600_000, "short", "5.6 Mil"),
        (-2.5, "short", "-2.5"),
        (0, "s", "0 s"),
        (0.0000425, "s", "42.5 µs"),
        (0.25, "s", "250 ms"),
        (1.5, "s", "1.5 s"),
        (90, "s", "1.5 mins"),
        (7200, "s", "2 hours"),
        (172800, "s", "2 days"),
        (0.8, "percentunit", "80%"),
        (0.00123, "percentunit", "0.123%"),
        (12.5, "percent", "12.5%"),
        (0, "bytes", "0 B"),
        (1536, "bytes", "1.5 KiB"),
        (3 * 1024**3, "bytes", "3 GiB"),
        (2048, "binBps", "2 KiB/s"),
        (12.3, "reqps", "12.3 req/s"),
        (1500, "reqps", "1.5 K req/s"),
        (20, "rowsps", "20 rows/s"),
        (2, "ops", "2 ops/s"),
        (2500, "suffix: rows/s", "2.5 K rows/s"),
        (math.nan, "s", "NaN"),
        (math.inf, "s", "+Inf"),
        (-math.inf, "s", "-Inf"),
        (-0.0, "short", "0"),
        (7, "an unknown unit", "7"),
    ],
)
def test_formats_units_with_three_significant_digits(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


def test_decimals_override_significant_digits() -> None:
    assert format_value(0.05, "percentunit", 2) == "5.00%"
    assert format_value(2.6, "short", 0) == "3"


@pytest.mark.parametrize(
    ("largest", "unit", "size"), [(5e9, "bytes", 1024**3), (300, "bytes", 1), (0, "bytes", 1), (5e9, "short", 1)]
)
def test_byte_axis_ticks_are_multiples_of_a_binary_unit(largest: float, unit: str, size: float) -> None:
    assert tick_unit(largest, unit) == size
