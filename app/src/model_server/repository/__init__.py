"""The model repository: finding, reading and checking model versions.

    <root>/<model>/<version>/manifest.json + the files it names
    <root>/<model>/aliases.json                  alias -> version

`manifest` defines the content, `versions` finds a version, `files` checks digests, `documents` reads the optional JSON
files, `writer` publishes a version, and `staging` provides the folders that versions are written into.
"""
