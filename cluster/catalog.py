"""``catalog.yaml`` as dataclasses. Loading it rejects unknown keys and names that are not defined."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from cluster import layout
from devkit import paths, versions
from devkit.errors import UserError

FILE = layout.PACKAGE / "catalog.yaml"
DEFAULT_REGISTRY = "docker.io"
OLD_DEFAULT_REGISTRY = "index.docker.io"
PARTS = ("groups", "tools", "images")
OPTIONAL_PARTS = ("wheels", "crds")

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Program:
    """A Go program of a module group: its package path and its compiler options.

    ``patches`` maps Go modules to folders of the group whose files are copied over the module's sources.
    """

    name: str
    group: str
    package: str
    tags: str = ""
    cgo: bool = False
    ldflags: str = ""
    gcflags: str = ""
    patches: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wheel:
    """A program that a Python wheel contains.

    ``lock`` is the file of ``requirements/`` that pins the package, ``file`` the path of the program in the wheel.
    """

    name: str
    lock: str
    file: str


@dataclass(frozen=True)
class Tool:
    """A program for this machine, of version ``minimum`` or newer and, unless it is empty, older than ``below``.

    ``also`` has other names or paths of the program.
    """

    name: str
    version: list[str]
    minimum: str
    below: str = ""
    also: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ModuleFiles:
    """A folder of a Go module that a group pins."""

    group: str
    module: str
    folder: str


@dataclass(frozen=True)
class CustomResources:
    """CustomResourceDefinitions: files in a folder of a Go module that a group pins."""

    name: str
    group: str
    module: str
    folder: str
    files: str = "*.yaml"


@dataclass(frozen=True)
class Image:
    """An image under its published name; the head of ``catalog.yaml`` describes the keys."""

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
        """The folder of its Dockerfile."""
        return paths.REPOSITORY / self.context if self.context else layout.RECIPES / self.recipe

    @property
    def is_ours(self) -> bool:
        """True if this repository is the only source of the image, so that no registry has it."""
        return bool(self.context)


@dataclass(frozen=True)
class Catalog:
    """The content of ``catalog.yaml``."""

    programs: dict[str, Program]
    wheels: dict[str, Wheel]
    tools: dict[str, Tool]
    images: dict[str, Image]
    crds: dict[str, CustomResources]
    groups: frozenset[str]

    def program(self, name: str) -> Program:
        """Return a Go program by name. Raises :class:`UserError` if the catalog does not have it."""
        return _named(self.programs, name, "program")

    def can_make(self, name: str) -> bool:
        """Return whether the catalog can provide a program of that name, compiled or from a wheel."""
        return name in self.programs or name in self.wheels

    def tool(self, name: str) -> Tool:
        """Return a tool by name. Raises :class:`UserError` if the catalog does not have it."""
        return _named(self.tools, name, "tool")

    def image(self, name: str) -> Image:
        """Return an image by its full or its short name (``nginx:1``). Raises :class:`UserError` if there is none."""
        return _named(self.images, full_name(name), "image")

    def tagged(self, repository: str) -> str:
        """Return the full name, tag included, of the one image of a repository such as ``docker.io/kindest/node``."""
        names = [name for name in self.images if name.rpartition(":")[0] == repository]
        if len(names) != 1:
            raise UserError(f"{FILE.name} has {len(names)} images of {repository}.", "Name a repository that has one.")
        return names[0]

    def custom_resources(self, name: str) -> CustomResources:
        """Return custom resources by name. Raises :class:`UserError` if the catalog does not have them."""
        return _named(self.crds, name, "custom resources")

    def has_image(self, name: str) -> bool:
        """Return whether the catalog has an image of that full or short name."""
        return full_name(name) in self.images


def full_name(name: str) -> str:
    """Return an image name with its registry, as container runtimes complete it.

    ``nginx:1`` → ``docker.io/library/nginx:1``. The rules are those of github.com/distribution/reference.
    """
    first, slash, rest = name.partition("/")
    is_registry = bool(slash) and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    registry, path = (first, rest) if is_registry else (DEFAULT_REGISTRY, name)
    if registry in (DEFAULT_REGISTRY, OLD_DEFAULT_REGISTRY):
        registry, path = DEFAULT_REGISTRY, path if "/" in path else f"library/{path}"
    return f"{registry}/{path}"


@cache
def load(file: Path = FILE) -> Catalog:
    """Read and validate the catalog. Raises :class:`UserError` for the first mistake."""
    content = _read(file)
    programs: dict[str, Program] = {}
    for group, settings in content["groups"].items():
        shared = settings.get("ldflags", "")
        for name, keys in settings["programs"].items():
            if name in programs:
                raise _mistake(f"program {name} is in two module groups.", "Keep one of the two entries.")
            flags = f"{shared} {keys.get('ldflags', '')}".strip()
            programs[name] = _entry(Program, {**keys, "name": name, "group": group, "ldflags": flags})
    wheels = {name: _entry(Wheel, {**keys, "name": name}) for name, keys in content.get("wheels", {}).items()}
    for name in wheels.keys() & programs.keys():
        raise _mistake(f"program {name} is both compiled and in a wheel.", "Keep one of the two entries.")
    tools = {name: _entry(Tool, {**keys, "name": name}) for name, keys in content["tools"].items()}
    images: dict[str, Image] = {}
    for keys in content["images"]:
        files = {name: _entry(ModuleFiles, value) for name, value in keys.get("files", {}).items()}
        image = _entry(Image, {**keys, "files": files})
        if image.name in images:
            raise _mistake(f"image {image.name} is listed twice.", "Keep one of the two entries.")
        images[image.name] = image
    crds = {name: _entry(CustomResources, {**keys, "name": name}) for name, keys in content.get("crds", {}).items()}
    catalog = Catalog(programs, wheels, tools, images, crds, frozenset(content["groups"]))
    _check_references(catalog)
    return catalog


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise _mistake(f"not valid YAML: {' '.join(str(error).split())}", "Correct that line.") from error
    missing = [part for part in PARTS if part not in (content or {})]
    if missing:
        raise _mistake(f"section {missing[0]!r} is missing.", f"Required sections: {', '.join(PARTS)}.")
    unknown = sorted(set(content) - {*PARTS, *OPTIONAL_PARTS})
    if unknown:
        raise _mistake(f"unknown section {unknown[0]!r}.", f"Use: {', '.join((*PARTS, *OPTIONAL_PARTS))}.")
    try:
        return dict(versions.load().resolve_all(content))
    except versions.VersionsError as error:
        raise _mistake(f"unknown version: {error}", "Correct the reference.") from error


def _check_references(catalog: Catalog) -> None:
    for tool in catalog.tools:
        _check_program(catalog, tool)
    for crds in catalog.crds.values():
        _check_group(catalog, crds.group, f"custom resources {crds.name}")
    for image in catalog.images.values():
        for program in image.programs:
            _check_program(catalog, program)
        _check_cycles(catalog, image.name)
        for files in image.files.values():
            _check_group(catalog, files.group, f"image {image.name}")
        if image.name != full_name(image.name):
            raise _mistake(f"image {image.name} has no registry in its name.", f"Write {full_name(image.name)}.")
        if bool(image.recipe) == bool(image.context):
            raise _mistake(
                f"image {image.name} needs exactly one of `recipe` and `context`.",
                "Name the folder in cluster/recipes/ that holds its Dockerfile.",
            )


def _check_program(catalog: Catalog, name: str) -> None:
    if not catalog.can_make(name):
        catalog.program(name)


def _check_group(catalog: Catalog, group: str, what: str) -> None:
    if group not in catalog.groups:
        raise _mistake(f"{what}: unknown module group {group!r}.", "Use a group of `groups`.")


def _check_cycles(catalog: Catalog, name: str, above: tuple[str, ...] = ()) -> None:
    if name in above:
        raise _mistake(f"image {name} is built from itself.", "Break the cycle of `base` and `preload`.")
    image = catalog.image(name)
    for other in [*image.preload, *([image.base] if image.base else [])]:
        _check_cycles(catalog, other, (*above, name))


def _entry(kind: type[Entry], keys: dict[str, Any]) -> Entry:
    known = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
    what = f"{kind.__name__.lower()} {keys.get('name', '')}"
    unknown = sorted(set(keys) - set(known))
    if unknown:
        raise _mistake(f"{what} has the unknown key {unknown[0]!r}.", f"Use one of: {', '.join(sorted(known))}.")
    for name, item in known.items():
        is_needed = item.default is MISSING and item.default_factory is MISSING
        if is_needed and keys.get(name) is None:
            raise _mistake(f"{what} has no {name!r}.", "Add the key.")
    return kind(**keys)


def _mistake(cause: str, remedy: str) -> UserError:
    return UserError(f"{FILE.name}: {cause}", remedy)


def _named(entries: dict[str, Entry], name: str, kind: str) -> Entry:
    try:
        return entries[name]
    except KeyError:
        raise UserError(
            f"{FILE.name} has no {kind} {name!r}.", f"Add it there, or use one of: {', '.join(sorted(entries))}."
        ) from None


def renamed(image: Image, name: str) -> Image:
    """Return the same image under another name."""
    return replace(image, name=name)
