"""A release that Helm 3 made, upgraded by Helm 4 under load: no request fails, and the apply method is documented."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from cluster import tools
from cluster.helm import helm
from devkit import paths
from devkit.process import run
from devkit.workloads.models import Example
from tests.e2e.lib.client import Client
from tests.e2e.lib.objects import Objects
from tests.e2e.lib.published import Published
from tests.e2e.lib.releases import WAIT, Release, image_source
from tests.e2e.lib.waiting import until

PODS = 2
SETTLED_SECONDS = 60


def apply_method(release: Release) -> str:
    """Return the method that Helm 4 reports for the last revision; empty for a revision of Helm 3."""
    printed = helm("--namespace", release.namespace, "get", "metadata", release.name, "--output", "json")
    return str(json.loads(printed).get("applyMethod", ""))


def test_helm_4_upgrades_a_release_of_helm_3_without_a_lost_request(
    release_of: Callable[[Example], Release],
    sklearn_model: Published,
    client: Client,
    objects: Objects,
    record_property: Callable[[str, object], None],
) -> None:
    release = replace(release_of(sklearn_model.model.example), name="helm3")
    values = {**image_source(sklearn_model.reference), "replicaCount": str(PODS), "image.digest": release.digest}
    settings = [part for key, value in values.items() for part in ("--set", f"{key}={value}")]
    where = ("--kubeconfig", str(paths.KUBECONFIG), "--namespace", release.namespace)
    chart = ("install", release.name, release.chart, "--values", str(release.values))
    run([tools.ensure("helm3"), *where, *chart, *settings, *WAIT], seconds=300)
    assert apply_method(release) == ""
    before = objects.deployment(release.name)
    upgrade = ("upgrade", release.name, release.chart, "--reset-then-reuse-values")
    with client.traffic(release.service) as traffic:
        for method, options in (("csa", ()), ("ssa", ("--server-side=true",)), ("ssa", ())):
            changed = ("--set", f"podAnnotations.method={method}{len(options)}")
            helm("--namespace", release.namespace, *upgrade, *changed, *options, *WAIT)
            until("only the new pods are left", lambda: objects.settled(release.name, PODS), SETTLED_SECONDS)
            assert apply_method(release) == method
    record_property("measured", traffic.summary())
    traffic.assert_nothing_lost()
    assert objects.deployment(release.name).metadata.uid == before.metadata.uid, "the Deployment was recreated"
    release.uninstall()
