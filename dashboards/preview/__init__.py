"""Pictures of dashboards from a running Prometheus, for reviews and documentation. It does not replace Grafana.

``panel_data`` queries Prometheus for the data of a panel and ``page`` places the panels on the grid. ``timeseries``,
``heatmap``, ``gauges`` and ``tables`` draw one kind of panel each; ``formatting`` and ``theme`` define how values look.
"""

from dashboards.preview.page import Picture, render

__all__ = ["Picture", "render"]
