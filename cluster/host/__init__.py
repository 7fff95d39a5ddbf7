"""The machine underneath: its packages, what it must have, and where it differs from a usual one."""
