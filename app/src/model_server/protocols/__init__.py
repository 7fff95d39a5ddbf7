"""Dialects: one module per wire protocol, bytes in and bytes out, without a web framework.

A protocol decodes a body into a batch that fits the model's signature, and encodes the model's answer. All
share `tensors`, so that the same mistake gets the same words in each.
"""
