"""One line of statistics for a terminal or a log."""

from __future__ import annotations

from collections.abc import Sequence

from devkit.workloads.load import LoadStats

WIDTH = 20


def line(elapsed: float, stats: LoadStats, versions: Sequence[str]) -> str:
    """Format each version's share of the responses since the previous line, the failures and the latency."""
    answered = sum(stats.versions.values()) or 1
    shares = [stats.versions.get(version, 0) / answered for version in versions]
    bars = "  ".join(
        f"version {version} {'█' * round(WIDTH * share)}{'·' * (WIDTH - round(WIDTH * share))} {share:4.0%}"
        for version, share in zip(versions, shares, strict=True)
    )
    rate = stats.sent / stats.seconds if stats.seconds else 0.0
    latency = f"p50 {stats.milliseconds['p50']:.0f} ms, p99 {stats.milliseconds['p99']:.0f} ms"
    return f"{elapsed:5.0f} s  {rate:3.0f}/s  {bars}  failed {stats.failed:2}  {latency}"
