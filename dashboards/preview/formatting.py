"""Numbers with units, format_value as Grafana does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

# Factor and suffix of each step of a scale.
_Scale = Sequence[tuple[float, str]]

_SHORT: Final[_Scale] = ((1, ""), (1e3, " K"), (1e6, " Mil"), (1e9, " Bil"), (1e12, " Tri"))
_SECONDS: Final[_Scale] = (
    (1e-9, " ns"),
    (1e-6, " µs"),
    (1e-3, " ms"),
    (1, " s"),
    (60, " mins"),
    (3600, " hours"),
    (86400, " days"),
)
_BINARY: Final[_Scale] = tuple((1024.0**power, f" {name}B") for power, name in enumerate(["", "Ki", "Mi", "Gi", "Ti"]))
_RATES: Final = {"reqps": "req/s", "rowsps": "rows/s", "ops": "ops/s", "cps": "c/s"}
SIGNIFICANT: Final = 3


def format_value(value: float, unit: str, decimals: int | None = None) -> str:
    """Format a value with its unit, to three significant digits unless ``decimals`` is set."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if unit.startswith("suffix:"):
        return _scaled(value, _SHORT, decimals) + f" {unit.removeprefix('suffix:').strip()}"
    if unit == "percentunit":
        return f"{digits(value * 100, decimals)}%"
    if unit == "percent":
        return f"{digits(value, decimals)}%"
    if unit == "s":
        return _scaled(value, _SECONDS, decimals)
    if unit == "bytes":
        return _scaled(value, _BINARY, decimals)
    if unit == "binBps":
        return f"{_scaled(value, _BINARY, decimals)}/s"
    if unit in _RATES:
        return f"{_scaled(value, _SHORT, decimals)} {_RATES[unit]}"
    return _scaled(value, _SHORT, decimals)


def digits(value: float, decimals: int | None = None) -> str:
    """Format a value without its unit."""
    if decimals is not None:
        text = f"{value:.{decimals}f}"
    elif value == round(value):
        text = f"{value:.0f}"
    else:
        text = f"{value:.{max(0, SIGNIFICANT - 1 - math.floor(math.log10(abs(value))))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.removeprefix("-") if float(text) == 0 else text


def tick_unit(largest: float, unit: str) -> float:
    """Return the unit of which an axis' ticks are multiples: for bytes, round numbers are powers of 1024."""
    if unit not in ("bytes", "binBps"):
        return 1.0
    return max((size for size, _ in _BINARY if size <= max(largest, 1)), default=1.0)


def _scaled(value: float, scale: _Scale, decimals: int | None) -> str:
    if value == 0:
        name = next((name for size, name in scale if size == 1), "")
        return f"{digits(0.0, decimals)}{name}"
    size, name = max(((size, name) for size, name in scale if size <= abs(value)), default=scale[0])
    return f"{digits(value / size, decimals)}{name}"
