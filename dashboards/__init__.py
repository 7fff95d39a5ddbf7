"""The Grafana dashboards of ``charts/monitoring`` as code.

``definitions`` holds one module per dashboard. They share ``panels`` and ``tables`` (panel types), ``promql`` (query
fragments), ``variables``, ``thresholds`` and ``links``. ``layout`` places the panels on Grafana's grid and ``catalog``
lists the dashboards and renders them to JSON.

``model`` reads the rendered JSON back for the two programs that work on it: ``lint``, which checks our rules, and
``preview``, which draws the panels from a running Prometheus. ``cli`` is the command line.
"""
