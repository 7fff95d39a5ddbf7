"""HTTP: the two Flask applications, and the gunicorn server that runs them.

`inference` answers on the port `http`, `admin` on `http-admin`. `server` and `worker` hold all that is
particular to gunicorn.
"""
