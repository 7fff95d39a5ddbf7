"""The developers' toolkit: what the repository's own programs and tests share."""
