"""The programs that judge this chart's files: promtool and amtool, which check many files in one run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.charts.judges import Findings, Renderings, files_of
from tests.charts.monitoring.programs import written_files
from tests.charts.programs import run
from tests.harness.frozen import unfreeze
from tests.harness.manifests import parse

# The service discoveries of clouds, without which this promtool is built.
CLOUDS = re.compile(r"\b(?!static|http|file|dns|kubernetes)\w+_sd_configs")
RULES = "PrometheusRule"


def prometheus(renderings: Renderings, folder: Path) -> Findings:
    """Check each prometheus.yml."""
    files: dict[Path, list[str]] = {}
    for name, manifest in files_of(renderings, "prometheus.yml"):
        text = manifest.body["data"]["prometheus.yml"]
        files.setdefault(_file(folder, _without_clouds(text) if CLOUDS.search(text) else text), []).append(name)
    return _findings(files, "promtool", "check", "config", "--syntax-only")


def _without_clouds(text: str) -> str:
    config: Any = unfreeze(parse(text))
    for job in config["scrape_configs"]:
        for field in [field for field in job if CLOUDS.fullmatch(field)]:
            del job[field]
    return json.dumps(config)


def rules(renderings: Renderings, folder: Path) -> Findings:
    """Check each file of rules, and the rules of each PrometheusRule."""
    files: dict[Path, list[str]] = {}
    for name, text in _rule_files(renderings):
        files.setdefault(_file(folder, text), []).append(name)
    return _findings(files, "promtool", "check", "rules")


def _rule_files(renderings: Renderings) -> Iterator[tuple[str, str]]:
    for name, manifests in renderings.items():
        for manifest in manifests.of_kind(RULES):
            yield name, json.dumps(unfreeze(manifest.spec))
        for manifest in manifests.of_kind("ConfigMap"):
            if manifest.name.endswith("-rules"):
                yield from ((name, text) for text in manifest.body["data"].values())


def alertmanager(renderings: Renderings, folder: Path) -> Findings:
    """Check each alertmanager.yml with its templates."""
    files: dict[Path, list[str]] = {}
    for name, manifest in files_of(renderings, "alertmanager.yml"):
        data = unfreeze(manifest.body["data"])
        place = folder / hashlib.sha256(str(sorted(data.items())).encode()).hexdigest()[:16]
        if not place.exists():
            place.mkdir()
            written_files(data, place)
        files.setdefault(place / "alertmanager.yml", []).append(name)
    return _findings(files, "amtool", "check-config")


PROGRAMS = [prometheus, rules, alertmanager]


def _file(folder: Path, text: str) -> Path:
    """Write a file, once for equal texts."""
    file = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
    if not file.exists():
        file.write_text(text, encoding="utf-8")
    return file


def _findings(files: dict[Path, list[str]], *command: str) -> Findings:
    """Run a program for all files at once, and for each file alone if it finds something."""
    if not files or run(*command, *files).returncode == 0:
        return {}
    found: Findings = {}
    for file, names in files.items():
        done = run(*command, file)
        for name in names if done.returncode else ():
            found.setdefault(name, []).append(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return found
