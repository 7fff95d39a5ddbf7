"""What the figures in the README rest on. Each module prints a table, and JSON with ``--json``."""
