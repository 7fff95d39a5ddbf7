"""Scaffolds of ``python -m devkit new``: the files of a new chart, alert or dashboard, where a step is only typing.

The folders ``chart``, ``alert`` and ``dashboard`` have templates, whose suffix ``.in`` keeps linters away from them. A
word in capitals (NAME, MODULE, …) is a placeholder.
"""
