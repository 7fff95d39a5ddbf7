"""The upgrade harness and the API server agree on which changes of an object are refused.

The changes are those that values of the charts cause, one for each set of changed fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.charts.chart_specs import CHART_SPECS
from tests.harness import Manifests
from tests.harness.frozen import unfreeze
from tests.harness.upgrade import immutable
from tests.harness.upgrade.findings import HOOKS
from tests.istio_local.api import Api, Manifest, RejectedError
from tests.istio_local.loopback import Loopback

NAMESPACE = "immutable-fields"


def test_the_harness_finds_what_the_api_server_refuses(mesh: Loopback) -> None:
    mesh.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    wrong, refused = [], set()
    for effect, before, after in changes(mesh.api):
        kind = str(before["kind"])
        found = sorted(immutable.changed(kind, before, after))
        reason = refusal(mesh.api, before, after)
        if reason:
            refused.add(kind)
        if bool(found) != bool(reason):
            wrong.append(f"{effect}: {kind}: the harness finds {found}, the API server: {reason or 'accepts it'}")
    assert not wrong, "correct tests/harness/upgrade/immutable.py:\n" + "\n".join(wrong)
    assert {"StatefulSet", "Service"} <= refused


def changes(api: Api) -> Iterator[tuple[str, Manifest, Manifest]]:
    """Yield the changed objects of the value effects, in both directions: the effect, the object before and after."""
    seen = set()
    for chart_spec in CHART_SPECS.values():
        for effect in chart_spec.value_effects:
            without, set_ = chart_spec.renderings(effect)
            for key in sorted(objects(without) & objects(set_)):
                one, other = without.one(*key).body, set_.one(*key).body
                for before, after in ((one, other), (other, one)):
                    fields = (key[0], *changed_fields(before, after))
                    if len(fields) > 1 and fields not in seen and api.serves(str(before["apiVersion"])):
                        seen.add(fields)
                        yield f"{chart_spec} {effect}", in_namespace(before), in_namespace(after)


def objects(manifests: Manifests) -> set[tuple[str, str]]:
    """Return the keys of the objects of a release, to which hooks do not belong."""
    return {(each.kind, each.name) for each in manifests if not HOOKS & set(each.annotations)}


def changed_fields(before: Manifest, after: Manifest) -> list[str]:
    """Return the fields, two levels deep, that differ; labels and annotations can always be changed."""
    return [
        f"{name}.{field}"
        for name in sorted({*before, *after} - {"metadata"})
        for field in sorted({*fields_of(before, name), *fields_of(after, name)})
        if fields_of(before, name).get(field) != fields_of(after, name).get(field)
    ]


def fields_of(manifest: Manifest, name: str) -> Mapping[str, Any]:
    """Return the fields of a part of an object; a part that is not a mapping is its only field."""
    part = manifest.get(name, {})
    return part if isinstance(part, Mapping) else {"": part}


def in_namespace(manifest: Manifest) -> Manifest:
    """Return a copy of an object in the namespace of this test, if it has one."""
    body: dict[str, Any] = unfreeze(manifest)
    if "namespace" in body["metadata"]:
        body["metadata"]["namespace"] = NAMESPACE
    return body


def refusal(api: Api, before: Manifest, after: Manifest) -> str:
    """Return why the API server refuses a change, or an empty string."""
    api.apply(before)
    try:
        api.apply(after, dry_run=True)
    except RejectedError as error:
        return str(error)
    finally:
        api.delete(before)
    return ""
