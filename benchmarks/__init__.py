"""Benchmarks of the figures in the documentation. Each module prints a table, or JSON with ``--json``."""
