"""Changing a pinned version: ``versions.yaml``, the Go modules that have it, and the texts that mention it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from devkit import mentions, versions
from devkit.errors import UserError
from devkit.process import run
from devkit.versions import Versions, names_in

VERSION = re.compile(r"v?\d[\w.+-]*")
GROUPS = Path("cluster") / "go"
CATALOG = Path("cluster") / "catalog.yaml"
TIDY_SECONDS = 1800.0
# A version whose Go module is numbered by commits, and the version that names the commit.
COMMITS = {"istio": ("istio-module", "istio.io/istio")}


@dataclass
class Report:
    """The result of a bump: changed files, as paths below the repository, and steps left to do by hand."""

    changed: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)


def bump(wanted: Mapping[str, str], root: Path, go: Path, *, tidy: bool = True) -> Report:
    """Give names their versions in the repository at ``root``, with everything that follows from them.

    With ``tidy``, each Go module group that changes is resolved again, which needs the network and takes up to some
    minutes. Raises :class:`UserError` before anything is written, if a name is unknown or a version is not one.
    """
    file = root / versions.FILE.name
    old = versions.load(file)
    _check(wanted, old)
    report = Report()
    changes = {**wanted, **_commits(wanted, root, go, report)}
    _write(file, changes)
    versions.load.cache_clear()
    new = versions.load(file)
    report.changed.add(file.name)
    edited = {folder.name for folder in sorted((root / GROUPS).iterdir()) if _require(folder, old, new, go)}
    report.changed.update(f"{GROUPS}/{group}/go.mod" for group in edited)
    if tidy:
        _resolve(edited, new, root / GROUPS, go, report)
    report.changed.update(mentions.rewrite(old, new, root))
    _drop_digests(root / CATALOG, set(changes), new, report)
    _name_what_is_left(set(changes), new, report)
    return report


def _check(wanted: Mapping[str, str], old: Versions) -> None:
    for name, version in wanted.items():
        if name not in old.pinned:
            names = ", ".join(sorted(old.pinned))
            raise UserError(f"unknown version {name!r}.", f"Use one of: {names}.")
        if not VERSION.fullmatch(version):
            raise UserError(f"{name}: not a version: {version!r}.", f"Write it as in {name}={old.pinned[name]}.")
        if version == old.pinned[name]:
            raise UserError(f"{name} is {version} already.", "Name another version.")


def _commits(wanted: Mapping[str, str], root: Path, go: Path, report: Report) -> dict[str, str]:
    """Return the commits that versions are released as, where the module proxy knows them."""
    found = {}
    for name, (commit, module) in COMMITS.items():
        if name not in wanted or commit in wanted:
            continue
        query: list[str | Path] = [go, "list", "-mod=mod", "-m", "-f", "{{.Version}}", f"{module}@{wanted[name]}"]
        answer = run(query, folder=root / GROUPS / "mesh", check=False)
        if answer.returncode == 0:
            found[commit] = answer.stdout.strip()
        else:
            report.left.append(
                f"{module}: the module proxy does not serve {wanted[name]}. Take the commit of the release, ask "
                f"`go list -m {module}@COMMIT` for its pseudo-version, and run `make bump {commit}=PSEUDO-VERSION`."
            )
    return found


def _write(file: Path, changes: Mapping[str, str]) -> None:
    head, separator, rest = file.read_text(encoding="utf-8").partition("\nmodules:")
    for name, version in changes.items():
        # Quoted where YAML would read a number.
        text = f'"{version}"' if re.fullmatch(r"\d+(\.\d+)?", version) else version
        head = re.sub(rf"(?m)^(  {re.escape(name)}: ).*$", lambda match, text=text: match[1] + text, head)  # type: ignore[misc]
    file.write_text(head + separator + rest, encoding="utf-8")


def _require(folder: Path, old: Versions, new: Versions, go: Path) -> bool:
    """Edit a group's go.mod; return whether that changed anything."""
    content = _go_mod(folder, go)
    edits: list[str] = []
    for item in content.get("Require") or []:
        module = item["Path"]
        if module in new.required and not item.get("Indirect"):
            version = new.resolve(new.required[module])
            edits += [f"-require={module}@{version}"] if version != item["Version"] else []
    for item in content.get("Replace") or []:
        module = item["Old"]["Path"]
        for pattern, text in new.replaced.items():
            before, after = old.resolve(text), new.resolve(text)
            if fnmatch(module, pattern) and item["New"].get("Version") == before != after:
                edits.append(f"-replace={module}={module}@{after}")
    if edits:
        run([go, "mod", "edit", *edits], folder=folder)
    return bool(edits)


def _resolve(edited: set[str], new: Versions, root: Path, go: Path, report: Report) -> None:
    """Resolve the modules of the edited groups; then also those that take their versions."""
    followers = {group for groups in new.shared.values() for group in groups}
    for group in sorted(edited - followers):
        _tidy(root / group, go, report)
    for base, groups in new.shared.items():
        for group, exceptions in groups.items():
            is_changed = base in edited and _share(root / base, root / group, exceptions, go)
            if is_changed or group in edited:
                report.changed.add(f"{GROUPS}/{group}/go.mod")
                _tidy(root / group, go, report)


def _share(base: Path, folder: Path, exceptions: Iterable[str], go: Path) -> bool:
    """Require the versions of a base group; return whether that changed anything."""
    theirs = {item["Path"]: item["Version"] for item in _go_mod(base, go).get("Require") or []}
    edits = [
        f"-require={item['Path']}@{theirs[item['Path']]}"
        for item in _go_mod(folder, go).get("Require") or []
        if item["Path"] in theirs.keys() - set(exceptions) and item["Version"] != theirs[item["Path"]]
    ]
    if edits:
        run([go, "mod", "edit", *edits], folder=folder)
    return bool(edits)


def _go_mod(folder: Path, go: Path) -> dict[str, Any]:
    return dict(json.loads(run([go, "mod", "edit", "-json"], folder=folder).stdout))


def _tidy(folder: Path, go: Path, report: Report) -> None:
    # A group without Go files has only modules from which files are taken: tidying would drop them.
    is_compiled = any(folder.rglob("*.go"))
    arguments = ["tidy"] if is_compiled else ["download", "all"]
    try:
        run([go, "mod", *arguments], folder=folder, seconds=TIDY_SECONDS)
    except UserError as error:
        cause = "\n".join(line for line in error.cause.strip().splitlines() if "go: downloading" not in line)
        report.left.append(
            f"cluster/go/{folder.name}: {cause}\n    Correct its go.mod, and run the command there again."
        )
    else:
        report.changed.add(f"{GROUPS}/{folder.name}/go.sum")


def _drop_digests(catalog: Path, names: set[str], new: Versions, report: Report) -> None:
    """Remove the pinned digests of images whose name changes: pulled by it, the old image would get the new name."""
    lines, kept, image = catalog.read_text(encoding="utf-8").splitlines(keepends=True), [], ""
    for line in lines:
        named = re.match(r"\s*- (?:\{)?name: (\S+)", line)
        image = named[1] if named else image
        if re.match(r"\s+digest: ", line) and names_in(image) & names:
            report.left.append(
                f"{CATALOG}: the digest of {new.resolve(image)} is removed. Add that of the new image's release."
            )
            report.changed.add(str(CATALOG))
        else:
            kept.append(line)
    if kept != lines:
        catalog.write_text("".join(kept), encoding="utf-8")


def _name_what_is_left(names: set[str], new: Versions, report: Report) -> None:
    for key, sentences in new.manual.items():
        report.left += sentences if names & set(key.split()) else []
    if any(fnmatch(name, "charts/*/values.yaml") for name in report.changed):
        report.left.append("charts: run `python -m charttool generate`, and raise the version of each changed chart.")


def parse(assignments: Iterable[str]) -> dict[str, str]:
    """Read ``NAME=VERSION`` arguments. Raises :class:`UserError` for one without an equals sign."""
    wanted = {}
    for assignment in assignments:
        name, equals, version = assignment.partition("=")
        if not equals:
            raise UserError(f"not an assignment: {assignment!r}.", "Write NAME=VERSION, as in kubernetes=1.2.3.")
        wanted[name] = version
    return wanted
