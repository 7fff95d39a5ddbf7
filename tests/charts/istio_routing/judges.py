"""`istioctl analyze`, which validates this chart's objects as istiod's webhook does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.charts.judges import Findings, Renderings
from tests.charts.programs import run
from tests.harness import Manifests
from tests.harness.frozen import canonical

Body = Mapping[str, Any]
# It stops at kinds that it does not know.
KNOWN = ("istio.io/", "gateway.networking.k8s.io/")
# The code of what istiod's webhook refuses.
REFUSED = "IST0106"


def known(manifests: Manifests) -> list[Body]:
    """Return the objects that istioctl knows."""
    bodies = [manifest.body for manifest in manifests]
    return [body for body in bodies if any(group in body["apiVersion"] for group in KNOWN)]


def findings(objects: Iterable[Body], folder: Path) -> list[str]:
    """Return the findings of istioctl about these objects: code, object and message."""
    file = folder / "objects.yaml"
    file.write_text("\n---\n".join(map(canonical, objects)), encoding="utf-8")
    done = run("istioctl", "analyze", "--use-kube=false", "--all-namespaces", "--output=json", file)
    assert done.stdout.startswith("["), f"istioctl did not analyze the objects: {done.stdout}{done.stderr}"
    return [f"{each['code']} {each['origin']}: {each['message']}" for each in json.loads(done.stdout)]


def refusals(objects: Iterable[Body], folder: Path) -> list[str]:
    """Return the findings about objects that istiod's webhook would refuse."""
    return [message for message in findings(objects, folder) if message.startswith(REFUSED)]


def apart(bodies: Iterable[Body], number: int) -> list[Body]:
    """Return objects in a namespace of their own, so that findings about them do not depend on other objects."""
    return [{**body, "metadata": {**body["metadata"], "namespace": f"of-{number}"}} for body in bodies]


def istiod(renderings: Renderings, folder: Path) -> Findings:
    """Check the objects of all renderings, each in a namespace of its own."""
    names = list(renderings)
    objects = [body for number, manifests in enumerate(renderings.values()) for body in apart(known(manifests), number)]
    found: Findings = {}
    for message in refusals(objects, folder) if objects else ():
        place = re.search(r" of-(\d+)/", message)
        if place:
            found.setdefault(names[int(place[1])], []).append(message)
    return found


PROGRAMS = [istiod]
