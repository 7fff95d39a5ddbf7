"""Unpacks an archive that may have been made to do harm.

`unpack` writes folders and regular files, and nothing else: no links, no devices, no permissions. `tarball` and
`zipped` give the entries of either kind, `names` says what an entry may be called, `bounded` keeps the readers of
the standard library from taking more memory than an honest archive needs.
"""
