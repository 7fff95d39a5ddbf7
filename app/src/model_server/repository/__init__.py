"""The model repository: where a model version is, what it holds, and whether it is what was written.

    <root>/<model>/<version>/manifest.json + the files it names
    <root>/<model>/aliases.json                  alias -> version

`manifest` defines the content, `versions` finds a version, `files` checks digests, `documents` reads the JSON files
that a version may have, `writer` publishes one, `staging` gives the folders to write into.
"""
