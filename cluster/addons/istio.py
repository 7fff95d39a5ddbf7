"""Istio, for those who ask for it: its images go to the registry, then what istioctl makes is applied."""

from __future__ import annotations

from pathlib import Path

from cluster import catalog, layout, registry, scratch, tools
from cluster.addons import objects
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images
from devkit import versions
from devkit.process import run

HUB = "registry.istio.io/release"
IMAGES = tuple(catalog.load().tagged(f"{HUB}/{name}") for name in ("pilot", "proxyv2"))
FOLDER = layout.PACKAGE / "addons" / "istio"
OPERATOR, INGRESS_CLASS = FOLDER / "operator.yaml", FOLDER / "ingressclass.yaml"
# Each with the Deployment in it that has to be there.
DEPLOYMENTS = {"istio-system": "istiod", "istio-ingress": "istio-ingress"}


def install(engine: Engine, images: Images, console: Console) -> None:
    """Have istiod and the ingress gateway running. Called again, it makes them what the files say."""
    for image in IMAGES:
        registry.load(engine, images, image, console)
    istioctl = tools.ensure("istioctl", console)
    with console.step("install Istio"), scratch.folder() as folder:
        manifest = folder / "istio.yaml"
        manifest.write_text(manifests(istioctl), encoding="utf-8")
        objects.apply(manifest, DEPLOYMENTS)


def remove(console: Console) -> None:
    """Take Istio out again, with its definitions and all objects of its kinds."""
    istioctl = tools.ensure("istioctl", console)
    with console.step("remove Istio"), scratch.folder() as folder:
        manifest = folder / "istio.yaml"
        manifest.write_text(manifests(istioctl), encoding="utf-8")
        objects.delete(manifest)


def manifests(istioctl: Path) -> str:
    """All objects, as YAML: the namespaces first, which istioctl takes for granted."""
    images = (f"hub={HUB}", f"tag={versions.get('istio')}")
    options = [part for image in images for part in ("--set", image)]
    generated = run([istioctl, "manifest", "generate", "--filename", OPERATOR, *options]).stdout
    namespaces = "".join(
        f"---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n" for namespace in DEPLOYMENTS
    )
    return f"{namespaces}---\n{INGRESS_CLASS.read_text(encoding='utf-8')}---\n{generated}"
