"""Pull an archive from a web server, an object store or a disk into a model repository.

`pipeline` has the whole sequence. Untrusted input gains trust step by step: `sources` provide bytes, `download` limits
them and compares their digest, `unpack` writes their entries to a staging directory, `contents` verifies every version
in it, and `placement` moves each to its final name.

The archive may be malicious. `unpack` writes directories and regular files only: no links, devices or permissions.
`entries` restricts their names, and `tarball` and `zipped` limit the memory that the readers of the standard library
use.
"""
