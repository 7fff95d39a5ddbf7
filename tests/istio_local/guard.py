"""Kills its own process group when the process at the other end of its standard input has ended."""

from __future__ import annotations

import os
import signal
import sys

if __name__ == "__main__":
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)
