"""Brings an archive from a web server, an object store or a disk into a model repository.

`pull` is the whole way in one function. What comes from outside is trusted step by step: `sources` give bytes,
`download` counts them and compares their digest, `archives` unpacks them into a staging folder, `contents` checks
every version in it, and `placement` gives each its final name. `receipts` remember what has been done.
"""
