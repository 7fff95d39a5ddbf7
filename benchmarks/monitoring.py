"""The cost of the monitoring stack itself: CPU, memory, duration of scrapes and rules.

    python -m benchmarks.monitoring                 of the stack that `make demo` installed
    python -m benchmarks.monitoring --minutes 10    over a longer time
    python -m benchmarks.monitoring --json

The stack is queried about itself, so it must have run for at least that time.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

from benchmarks import machine
from devkit.errors import UserError
from devkit.prometheus import Prometheus
from devkit.workloads import monitoring, port_forward

# Limit for the duration of a scrape of a model server.
LIMIT_SECONDS = 0.005
OWN = f'namespace="{monitoring.NAMESPACE}", container!=""'


@dataclass(frozen=True)
class Query:
    """A query with its name and unit; `each` is the label that distinguishes its series."""

    name: str
    unit: str
    expression: str
    each: str = ""


def queries(minutes: int) -> list[Query]:
    """Return the queries over the last minutes."""
    span = f"{minutes}m"
    cpu = f"rate(container_cpu_usage_seconds_total{{{OWN}}}[{span}])"
    memory = f"container_memory_working_set_bytes{{{OWN}}}"
    return [
        Query("CPU", "cores", f"sum by (container) ({cpu})", "container"),
        Query("CPU total", "cores", f"sum({cpu})"),
        Query("memory", "MiB", f"sum by (container) ({memory}) / 2^20", "container"),
        Query("memory total", "MiB", f"sum({memory}) / 2^20"),
        Query("scrape", "ms", f"1000 * avg by (job) (avg_over_time(scrape_duration_seconds[{span}]))", "job"),
        Query("samples of a scrape", "", "avg by (job) (scrape_samples_post_metric_relabeling)", "job"),
        Query("all rules", "ms", "1000 * sum(prometheus_rule_group_last_duration_seconds)"),
        Query("rules", "", "sum(prometheus_rule_group_rules)"),
        Query("series in memory", "", "sum(prometheus_tsdb_head_series)"),
        Query("samples a second", "", f"sum(rate(prometheus_tsdb_head_samples_appended_total[{span}]))"),
    ]


def main() -> int:
    """Measure and print; returns 1 if scraping a model server exceeds its limit, or there are no results."""
    options = _parser().parse_args()
    try:
        measured = _measured(options.minutes)
    except UserError as error:
        print(f"error: {error.cause}\nremedy: {error.remedy}", file=sys.stderr)
        return 1
    if options.json:
        rows = [{"name": name, "of": of, "unit": unit, "value": value} for name, of, unit, value in measured]
        print(json.dumps({"machine": machine.describe(), "figures": rows}, indent=2))
    else:
        print(f"Machine: {machine.describe()}\n\n| what | of | figure |\n|---|---|---|")
        for name, of, unit, value in measured:
            print(f"| {name} | {of} | {value:.3g} {unit} |".replace("  ", " "))
    scrapes = [value / 1000 for name, of, _, value in measured if (name, of) == ("scrape", "model-server")]
    return int(not scrapes or scrapes[0] > LIMIT_SECONDS)


def _measured(minutes: int) -> list[tuple[str, str, str, float]]:
    rows = []
    with port_forward.api_server_proxy() as server:
        prometheus = Prometheus(port_forward.pod_url(server, monitoring.NAMESPACE, "monitoring-prometheus-0", 9090))
        for query in queries(minutes):
            found = prometheus.query(query.expression)
            for sample in sorted(found, key=lambda one: one.labels.get(query.each, "")):
                rows.append((query.name, sample.labels.get(query.each, ""), query.unit, sample.value))
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.monitoring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=int, default=5, help="how far to look back (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
