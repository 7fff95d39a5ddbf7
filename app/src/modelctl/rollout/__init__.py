"""A canary without a controller: shift weights in steps, and analyze each step with metrics from Prometheus."""
