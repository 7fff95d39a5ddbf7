"""Ends its process group when whoever holds the other end of its standard input is gone, however that came about."""

from __future__ import annotations

import os
import signal
import sys

if __name__ == "__main__":
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)
