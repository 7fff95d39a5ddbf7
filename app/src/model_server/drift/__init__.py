"""Drift: how far the newest rows and predictions are from those the model was trained on.

`reference` is what a version says about its training rows, `bins` counts rows in the same way, `window` forgets old
ones, `psi` compares, `monitor` is what the server holds. None of them knows of HTTP or of Prometheus.
"""
