"""Serves one version of one model over HTTP.

The packages, in the order in which a request passes them: `http` (Flask applications), `protocols` (wire formats and
their routes), `serving` (the loaded model and its lifecycle) and `runtimes` (what loads and calls a file format).
`repository` finds and checks model versions, `drift` and `shadow` compare predictions, `settings` has the
configuration, and `observability` has metrics, logs and traces. Importing this package is cheap: only the worker
process imports numerical libraries.
"""

__version__ = "0.2.0"
