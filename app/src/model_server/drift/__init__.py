"""Drift: the distance of recent rows and predictions from those that the model was trained on.

`reference` reads the distributions of the training rows, `bins` counts rows in the same bins, `window` keeps the counts
of recent rows, `psi` compares the two, and `monitor` combines them. None of them depends on HTTP or Prometheus.
"""
