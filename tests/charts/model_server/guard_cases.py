"""Values that the guards of the chart reject, and values that they accept."""

from __future__ import annotations

from tests.charts.guards import Guards
from tests.charts.model_server import guard_cases_lists, guard_cases_release, guard_cases_version

GUARDS = Guards(
    kinds=[*guard_cases_release.KINDS, guard_cases_lists.LISTS],
    others=guard_cases_version.VERSION,
    renames=guard_cases_release.RENAMES,
    allowed=guard_cases_release.ALLOWED + guard_cases_version.ALLOWED + guard_cases_lists.ALLOWED,
    place=r"(versions\[[0-9]+\]\.(name)?|(nginx\.)?service\.|nginx\.|tests\.|model\.source\.download\.)?",
)
