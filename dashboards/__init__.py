"""The dashboards of ``charts/monitoring`` as code.

A module for each dashboard (``cluster``, ``overview``, ``model``, ``canary``, ``stack``) says what it shows;
``panels`` and ``promql`` are what they share, ``layout`` puts panels on the grid, ``catalog`` names all dashboards and
writes them. ``reading`` and ``queries`` read a dashboard's JSON again: for ``lint``, which holds it to our rules, and
for ``preview``, which draws it from a running Prometheus. ``cli`` is the command line.
"""
