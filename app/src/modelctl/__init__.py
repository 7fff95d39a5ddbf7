"""Manages model versions: trains one from a table and writes it to a model repository."""
