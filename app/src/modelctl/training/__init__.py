"""Training: read the table, split it, fit, evaluate, publish. `train` is the whole way in one function."""
