"""``catalog.yaml`` as types; a key that is not known, or a name that is not there, is an error at once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from cluster import paths
from cluster.errors import ClusterError

FILE = paths.PACKAGE / "catalog.yaml"
DEFAULT_REGISTRY = "docker.io"

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Program:
    """A Go program of a family: its package path and what the compiler is told."""

    name: str
    family: str
    package: str
    tags: str = ""
    cgo: bool = False
    ldflags: str = ""
    gcflags: str = ""


@dataclass(frozen=True)
class Tool:
    """A program for this machine; ``also`` are other names that it may be found under."""

    name: str
    version: list[str]
    minimum: str
    also: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModuleFiles:
    """A folder inside a Go module that a family pins."""

    family: str
    module: str
    folder: str


@dataclass(frozen=True)
class Image:
    """An image under the name that its users know; see the head of ``catalog.yaml`` for the keys."""

    name: str
    recipe: str = ""
    context: str = ""
    digest: str = ""
    base: str = ""
    programs: list[str] = field(default_factory=list)
    preload: list[str] = field(default_factory=list)
    files: dict[str, ModuleFiles] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its Dockerfile is."""
        return paths.REPOSITORY / self.context if self.context else paths.RECIPES / self.recipe

    @property
    def is_ours(self) -> bool:
        """Whether this repository is where the image comes from: then no registry has it."""
        return bool(self.context)


@dataclass(frozen=True)
class Catalog:
    """The whole file."""

    programs: dict[str, Program]
    tools: dict[str, Tool]
    images: dict[str, Image]

    def program(self, name: str) -> Program:
        """The Go program of that name. Raises :class:`ClusterError` when there is none."""
        return _named(self.programs, name, "program")

    def tool(self, name: str) -> Tool:
        """The tool of that name. Raises :class:`ClusterError` when there is none."""
        return _named(self.tools, name, "tool")

    def image(self, name: str) -> Image:
        """The image of that name, written in full or as people write it (``nginx:1``)."""
        return _named(self.images, full_name(name), "image")

    def has_image(self, name: str) -> bool:
        """Whether the catalog names that image."""
        return full_name(name) in self.images


def full_name(name: str) -> str:
    """An image's name with its registry written out, as the container runtime reads it.

    ``nginx:1`` → ``docker.io/library/nginx:1``. The rule is the one of github.com/distribution/reference.
    """
    first, slash, _ = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return name
    return f"{DEFAULT_REGISTRY}/{name}" if slash else f"{DEFAULT_REGISTRY}/library/{name}"


@cache
def load(file: Path = FILE) -> Catalog:
    """Read and check the catalog."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    programs: dict[str, Program] = {}
    for family, settings in content["families"].items():
        shared = settings.get("ldflags", "")
        for name, keys in settings["programs"].items():
            flags = f"{shared} {keys.get('ldflags', '')}".strip()
            programs[name] = _entry(Program, {**keys, "name": name, "family": family, "ldflags": flags})
    tools = {name: _entry(Tool, {**keys, "name": name}) for name, keys in content["tools"].items()}
    images = {}
    for keys in content["images"]:
        files = {name: _entry(ModuleFiles, value) for name, value in keys.get("files", {}).items()}
        image = _entry(Image, {**keys, "files": files})
        images[image.name] = image
    catalog = Catalog(programs, tools, images)
    _check_references(catalog)
    return catalog


def _check_references(catalog: Catalog) -> None:
    for tool in catalog.tools:
        catalog.program(tool)
    for image in catalog.images.values():
        for program in image.programs:
            catalog.program(program)
        for other in [*image.preload, *([image.base] if image.base else [])]:
            catalog.image(other)
        if bool(image.recipe) == bool(image.context):
            raise ClusterError(
                f"{FILE.name}: image {image.name} needs exactly one of `recipe` and `context`.",
                "Name the folder in cluster/recipes/ that holds its Dockerfile.",
            )


def _entry(kind: type[Entry], keys: dict[str, Any]) -> Entry:
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(keys) - known)
    if unknown:
        raise ClusterError(
            f"{FILE.name}: {kind.__name__.lower()} {keys.get('name', '')} has the unknown key {unknown[0]!r}.",
            f"Use one of: {', '.join(sorted(known))}.",
        )
    return kind(**keys)


def _named(entries: dict[str, Entry], name: str, kind: str) -> Entry:
    try:
        return entries[name]
    except KeyError:
        raise ClusterError(
            f"{FILE.name} names no {kind} {name!r}.", f"Add it there, or use one of: {', '.join(sorted(entries))}."
        ) from None


def renamed(image: Image, name: str) -> Image:
    """The same image under another name."""
    return replace(image, name=name)
