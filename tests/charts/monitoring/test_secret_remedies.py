"""Remedies for secrets that Prometheus reads from no file: promtool rejects the file, so another way is necessary.

This promtool is built without the service discoveries of clouds, so it cannot judge those.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.charts.monitoring.chart import rendered
from tests.charts.monitoring.guard_cases_secrets import WITHOUT_FILE, Field, entry
from tests.charts.monitoring.programs import written
from tests.charts.programs import run
from tests.harness.manifests import parse

FILE = "/etc/prometheus/secrets/login/secret"
KINDS = {"remoteWrite": "remote_write", "extraScrapeConfigs": "scrape_configs"}


def renamed(part: Any, name: str, parent: str = "", inside: str = "") -> Any:
    """Return a structure whose field `name`, of the map `inside` if it is given, is read from a file."""
    if isinstance(part, Mapping):
        is_place = inside in ("", parent)
        return {
            (f"{key}_file" if key == name and is_place else key): (
                FILE if key == name and is_place else renamed(value, name, key, inside)
            )
            for key, value in part.items()
        }
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [renamed(item, name, parent, inside) for item in part]
    return part


def check(config: Any, folder: Path) -> str:
    """Return what promtool rejects in a configuration, or nothing."""
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config), encoding="utf-8")
    done = run("promtool", "check", "config", "--syntax-only", file)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def configuration(values: dict[str, Any], folder: Path) -> Any:
    """Return the prometheus.yml that the chart renders."""
    file = written(rendered(values), "prometheus", folder) / "prometheus.yml"
    return parse(file.read_text(encoding="utf-8"))


JUDGED_WITHOUT = [row for row in WITHOUT_FILE if not any(field.endswith("_sd_configs") for field in row[1])]


@pytest.mark.parametrize("field", JUDGED_WITHOUT, ids=[f"{key}-{path}" for key, _, path, _, _ in JUDGED_WITHOUT])
def test_a_remedy_without_a_file_works_and_is_necessary(field: Field, tmp_path: Path) -> None:
    key, fields, path, _, after = field
    config = configuration(entry(key, after), tmp_path)
    wrong = check(config, tmp_path)
    assert not wrong, f"Prometheus does not start with the remedy for {path}: {wrong}"
    parent, _, name = path.rpartition(".")
    config[KINDS[key]][-1 if key == "extraScrapeConfigs" else 0] |= renamed(fields, name, inside=parent)
    assert f"field {name}_file not found" in check(config, tmp_path), (
        f"{path} can be read from a file: let a guard say so"
    )
