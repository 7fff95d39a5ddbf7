"""Training: read a table, split it, fit, evaluate and publish. `train` has the whole sequence."""
