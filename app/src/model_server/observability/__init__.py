"""What the server tells about itself: metrics, log lines, request ids."""
