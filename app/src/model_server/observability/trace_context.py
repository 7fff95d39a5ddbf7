"""Which trace a request belongs to, as W3C Trace Context writes it.

`traceparent` is `version-trace id-parent id-flags` in hexadecimal. One that is malformed is ignored, as if it had not
been sent, and `tracestate` with it.
"""

import re
from dataclasses import dataclass

PARENT_HEADER = "traceparent"
STATE_HEADER = "tracestate"

# A version to come may have more fields behind these four.
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_SAMPLED = 0x01

# What a vendor must be able to hand on; more than that may be dropped.
_STATE_LIMIT = 512


@dataclass(frozen=True)
class TraceContext:
    """A place in a trace. `state` is what vendors add, handed on as it came."""

    trace_id: str
    span_id: str
    sampled: bool
    state: str = ""

    def headers(self) -> dict[str, str]:
        """What carries the trace on with a call."""
        flags = _SAMPLED if self.sampled else 0
        carried = {PARENT_HEADER: f"00-{self.trace_id}-{self.span_id}-{flags:02x}"}
        return carried | {STATE_HEADER: self.state} if self.state else carried


def read_trace_context(parent: str, state: str) -> TraceContext | None:
    """The caller's place in its trace, from the two headers; None where it sends none, or a malformed one."""
    found = _PARENT.fullmatch(parent)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & _SAMPLED), state if len(state) <= _STATE_LIMIT else "")
