"""HTTP: the two Flask applications, and the gunicorn server that runs them.

`inference` answers on the port `http`, `admin` on `http-admin`. Everything specific to gunicorn is in `server` and
`worker`.
"""
