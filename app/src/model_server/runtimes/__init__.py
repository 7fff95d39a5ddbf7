"""Runtimes: one module per model file format, found by the format's name in the manifest.

A runtime module has a function `load(path, manifest) -> RuntimeModel`. This package imports none of them: the
libraries behind them are large, and a process must hold only the one its model needs.
"""
