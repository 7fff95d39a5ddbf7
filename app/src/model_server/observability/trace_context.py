"""Reads and writes the headers of W3C Trace Context.

`traceparent` is `version-trace id-parent id-flags` in hexadecimal. A malformed one is ignored, together with
`tracestate`.
"""

import re
from dataclasses import dataclass

PARENT_HEADER = "traceparent"
STATE_HEADER = "tracestate"

# Future versions may append fields to these four.
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_SAMPLED = 0x01

# Vendors must propagate at least this many characters, and may drop longer values.
_STATE_LIMIT = 512


@dataclass(frozen=True)
class TraceContext:
    """A span's position in a trace. `state` is the vendors' part, propagated unchanged."""

    trace_id: str
    span_id: str
    sampled: bool
    state: str = ""

    def headers(self) -> dict[str, str]:
        """Return the headers that propagate the trace with a request."""
        flags = _SAMPLED if self.sampled else 0
        carried = {PARENT_HEADER: f"00-{self.trace_id}-{self.span_id}-{flags:02x}"}
        return carried | {STATE_HEADER: self.state} if self.state else carried


def read_trace_context(parent: str, state: str) -> TraceContext | None:
    """Return the caller's trace context from the two headers; None if it is absent or malformed."""
    found = _PARENT.fullmatch(parent)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & _SAMPLED), state if len(state) <= _STATE_LIMIT else "")
