"""A picture of a dashboard from a running Prometheus, for people and for the documentation. It is not Grafana.

``answers`` sends the queries and names the results, ``page`` puts panels on the grid; ``timeseries``, ``heatmap``,
``figures`` and ``tables`` draw them, ``formatting`` and ``theme`` say how figures look.
"""

from dashboards.preview.page import Picture, render

__all__ = ["Picture", "render"]
