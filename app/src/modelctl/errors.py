"""The error that ends a command."""

from model_server.errors import ModelServerError


class ModelctlError(ModelServerError):
    """A command cannot do what was asked; nothing was written."""
