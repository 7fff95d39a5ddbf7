"""Runtimes: what loads and calls the models of a file format.

A runtime declares its formats (`format.Format`) in the entry-point group `model_server.runtimes`, so that any installed
distribution can add one. `registry` finds the format of a manifest there, `base` has the interface of the modules that
load models. Nothing here imports a numerical library before a model of its format is loaded: such libraries are large,
and a process needs only the one of its model.
"""
