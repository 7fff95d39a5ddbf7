"""Values that the guards of the chart reject, and values that they accept."""

from __future__ import annotations

from tests.charts.guards import Guards
from tests.charts.model_server import (
    guard_cases_additions,
    guard_cases_keda,
    guard_cases_lists,
    guard_cases_release,
    guard_cases_version,
)

GUARDS = Guards(
    kinds=[*guard_cases_release.KINDS, guard_cases_lists.LISTS, *guard_cases_additions.KINDS],
    others=[*guard_cases_version.VERSION, *guard_cases_keda.KEDA],
    renames=guard_cases_release.RENAMES,
    allowed=[
        *(*guard_cases_release.ALLOWED, *guard_cases_version.ALLOWED),
        *(*guard_cases_lists.ALLOWED, *guard_cases_additions.ALLOWED, *guard_cases_keda.ALLOWED),
    ],
    place=(
        r"(versions\[[0-9]+\]\.(name)?|(nginx\.)?service\.(extraPorts\[[0-9]+\])?|nginx\.|tests\."
        r"|(nginx\.|tests\.)?podSpec|(nginx\.)?workloadAnnotations|commonAnnotations|model\.source\.download\.)?"
    ),
)
