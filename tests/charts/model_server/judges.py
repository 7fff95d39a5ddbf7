"""The admission webhook of KEDA, which judges this chart's ScaledObjects."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from cluster.tools import programs
from tests.charts.judges import Findings, Renderings
from tests.harness import Manifests
from tests.harness.frozen import unfreeze


def refused_by_webhook(renderings: Sequence[Manifests]) -> list[dict[str, str]]:
    """Return the errors of the webhook for each rendering, by the name of the ScaledObject."""
    lists = [json.dumps([unfreeze(manifest.body) for manifest in manifests]) for manifests in renderings]
    command = [str(programs.build("keda-webhook"))]
    done = subprocess.run(command, input="\n".join(lists), capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(renderings), f"the webhook did not answer for each rendering: {done.stderr}"
    return answers


def keda(renderings: Renderings, _folder: Path) -> Findings:
    """Check the ScaledObjects of each rendering."""
    scaled = {name: each for name, each in renderings.items() if each.of_kind("ScaledObject")}
    answers = refused_by_webhook(list(scaled.values()))
    return {
        name: [f"ScaledObject/{scaler}: {text}" for scaler, text in errors.items()]
        for name, errors in zip(scaled, answers, strict=True)
    }


PROGRAMS = [keda]
