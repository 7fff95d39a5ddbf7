"""The errors that end a command."""

from model_server.errors import ModelServerError


class ModelctlError(ModelServerError):
    """A command cannot do what was asked; nothing was written."""


class TemporaryError(ModelctlError):
    """A command failed for a reason that may be gone the next time; nothing was written."""
