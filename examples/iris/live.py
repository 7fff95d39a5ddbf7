"""A line of figures for a terminal or a log."""

from __future__ import annotations

from collections.abc import Sequence

from examples.iris.load import Figures

WIDTH = 20


def line(elapsed: float, figures: Figures, versions: Sequence[str]) -> str:
    """How many requests each version has answered since the line before, how many failed, and how long they took."""
    answered = sum(figures.versions.values()) or 1
    shares = [figures.versions.get(version, 0) / answered for version in versions]
    bars = "  ".join(
        f"version {version} {'█' * round(WIDTH * share)}{'·' * (WIDTH - round(WIDTH * share))} {share:4.0%}"
        for version, share in zip(versions, shares, strict=True)
    )
    rate = figures.sent / figures.seconds if figures.seconds else 0.0
    times = f"p50 {figures.milliseconds['p50']:.0f} ms, p99 {figures.milliseconds['p99']:.0f} ms"
    return f"{elapsed:5.0f} s  {rate:3.0f}/s  {bars}  failed {figures.failed:2}  {times}"
