"""Shared parts of the network clients: TLS trust, HTTP, and secrets in files."""
