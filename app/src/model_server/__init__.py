"""Serves one version of one model over HTTP.

The packages, in the order in which a request passes them: `http` (Flask applications), `protocols` (wire protocols),
`serving` (the loaded model and its life cycle), `runtimes` (one module per file format). A model version is
found and checked by `repository`; `settings` says what may be configured; `observability` holds metrics and
logs. Importing this package is cheap: the numerical libraries are imported by the worker process alone.
"""

__version__ = "0.2.0"
