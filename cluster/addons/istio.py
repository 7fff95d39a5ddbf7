"""Istio, installed on request: images go to the registry, then the manifests of istioctl are applied."""

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
# Namespaces, and the Deployment in each that must become available.
DEPLOYMENTS = {"istio-system": "istiod", "istio-ingress": "istio-ingress"}


def install(engine: Engine, images: Images, console: Console) -> None:
    """Install istiod and the ingress gateway, or update them to operator.yaml."""
    for image in IMAGES:
        registry.load(engine, images, image, console)
    istioctl = tools.ensure("istioctl", console)
    with console.step("install Istio"), scratch.folder() as folder:
        manifest = folder / "istio.yaml"
        manifest.write_text(manifests(istioctl), encoding="utf-8")
        objects.apply(manifest, DEPLOYMENTS)


def remove(console: Console) -> None:
    """Remove Istio with its CustomResourceDefinitions, and so all objects of its kinds."""
    istioctl = tools.ensure("istioctl", console)
    with console.step("remove Istio"), scratch.folder() as folder:
        manifest = folder / "istio.yaml"
        manifest.write_text(manifests(istioctl), encoding="utf-8")
        objects.delete(manifest)


def manifests(istioctl: Path) -> str:
    """Return all objects as YAML. The namespaces come first: istioctl expects them to exist."""
    images = (f"hub={HUB}", f"tag={versions.get('istio')}")
    options = [part for image in images for part in ("--set", image)]
    generated = run([istioctl, "manifest", "generate", "--filename", OPERATOR, *options]).stdout
    namespaces = "".join(
        f"---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n" for namespace in DEPLOYMENTS
    )
    return f"{namespaces}---\n{INGRESS_CLASS.read_text(encoding='utf-8')}---\n{generated}"
