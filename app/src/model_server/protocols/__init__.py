"""Protocols: one module per wire format, bytes in and bytes out, without a web framework.

`base` has the interface and `registry` the list. The HTTP application, the loader and the comparison of shadows know
the registry only. `tensors` validates JSON for all protocols, so that the same mistake gets the same message in each.
"""
