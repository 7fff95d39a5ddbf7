"""What the monitoring stack itself takes: CPU, memory, time of a scrape, time of the rules.

    python -m benchmarks.monitoring                 of the stack that `make demo` has installed
    python -m benchmarks.monitoring --minutes 10    over a longer time
    python -m benchmarks.monitoring --json

The stack is asked about itself, so it has to have run for as long as is looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass

from benchmarks import machine
from devkit.errors import UserError
from devkit.prometheus import Prometheus
from devkit.workloads import monitoring, port_forward

# What one scrape of a model server may take.
LIMIT_SECONDS = 0.005
OWN = f'namespace="{monitoring.NAMESPACE}", container!=""'


@dataclass(frozen=True)
class Figure:
    """A figure with its name and unit; `each` is the label that several of them are told apart by."""

    name: str
    unit: str
    query: str
    each: str = ""


def figures(minutes: int) -> list[Figure]:
    """What is asked, over the last minutes."""
    span = f"{minutes}m"
    cpu = f"rate(container_cpu_usage_seconds_total{{{OWN}}}[{span}])"
    memory = f"container_memory_working_set_bytes{{{OWN}}}"
    return [
        Figure("CPU", "cores", f"sum by (container) ({cpu})", "container"),
        Figure("CPU of all", "cores", f"sum({cpu})"),
        Figure("memory", "MiB", f"sum by (container) ({memory}) / 2^20", "container"),
        Figure("memory of all", "MiB", f"sum({memory}) / 2^20"),
        Figure("scrape", "ms", f"1000 * avg by (job) (avg_over_time(scrape_duration_seconds[{span}]))", "job"),
        Figure("samples of a scrape", "", "avg by (job) (scrape_samples_post_metric_relabeling)", "job"),
        Figure("all rules, once", "ms", "1000 * sum(prometheus_rule_group_last_duration_seconds)"),
        Figure("rules", "", "sum(prometheus_rule_group_rules)"),
        Figure("series in memory", "", "sum(prometheus_tsdb_head_series)"),
        Figure("samples a second", "", f"sum(rate(prometheus_tsdb_head_samples_appended_total[{span}]))"),
    ]


def main() -> int:
    """Measure and print; 1 when a scrape of a model server takes longer than its limit, or nobody answers."""
    options = _parser().parse_args()
    try:
        measured = _measured(options.minutes)
    except UserError as error:
        print(f"error: {error.cause}\nremedy: {error.remedy}", file=sys.stderr)
        return 1
    if options.json:
        rows = [{"name": name, "of": of, "unit": unit, "value": value} for name, of, unit, value in measured]
        print(json.dumps({"machine": machine.described(), "figures": rows}, indent=2))
    else:
        print(f"Machine: {machine.described()}\n\n| what | of | figure |\n|---|---|---|")
        for name, of, unit, value in measured:
            print(f"| {name} | {of} | {value:.3g} {unit} |".replace("  ", " "))
    scrapes = [value / 1000 for name, of, _, value in measured if (name, of) == ("scrape", "model-server")]
    return int(not scrapes or scrapes[0] > LIMIT_SECONDS)


def _measured(minutes: int) -> list[tuple[str, str, str, float]]:
    rows = []
    with port_forward.api_server_proxy() as server:
        prometheus = Prometheus(port_forward.pod_url(server, monitoring.NAMESPACE, "monitoring-prometheus-0", 9090))
        for figure in figures(minutes):
            found = prometheus.query(figure.query, time.time())
            for sample in sorted(found, key=lambda one: one.labels.get(figure.each, "")):
                rows.append((figure.name, sample.labels.get(figure.each, ""), figure.unit, sample.value))
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.monitoring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=int, default=5, help="over how long (default: 5)")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
