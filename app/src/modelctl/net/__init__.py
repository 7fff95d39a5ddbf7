"""What the network clients share: TLS trust, HTTP, and secrets in files."""
