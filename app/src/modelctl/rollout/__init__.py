"""A canary without a controller: weights move step by step, and each step is judged by what Prometheus says."""
