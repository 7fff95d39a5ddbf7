"""The errors that reach people. Each says what is wrong and, where it helps, what to do."""


class ModelServerError(Exception):
    """An error whose text is meant for the user: the cause, then the remedy."""

    def __init__(self, cause: str, remedy: str = "") -> None:
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{cause} Remedy: {remedy}" if remedy else cause)


class SettingsError(ModelServerError):
    """The settings cannot be used; the server does not start."""


class RepositoryError(ModelServerError):
    """A model, a version or a manifest is missing or malformed."""


class ModelLoadError(ModelServerError):
    """A model file is unsafe, damaged, or does not fit what is installed."""


class BadRequestError(ModelServerError):
    """The client sent something that cannot be answered (HTTP 400)."""
