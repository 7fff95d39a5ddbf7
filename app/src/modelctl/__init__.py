"""Manage model versions: train, pull, verify and roll out."""
