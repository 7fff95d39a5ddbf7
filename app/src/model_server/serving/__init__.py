"""The loaded model and its life cycle, independent of the web framework that asks for it."""
