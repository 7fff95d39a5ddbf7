"""The machine: its packages, its requirements, and workarounds for unusual ones."""
