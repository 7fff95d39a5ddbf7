"""What the processes are told that render: it is read when a process begins, and not later."""

from __future__ import annotations

from typing import Final

ENVIRONMENT: Final = {
    # Helm's library then collects its garbage less often: renderings take a quarter less, for 30 MB.
    "GOGC": "400",
    # A set has one order in all workers, which must find the same tests under the same names.
    "PYTHONHASHSEED": "0",
}
