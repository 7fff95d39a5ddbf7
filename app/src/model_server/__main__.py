"""`python -m model_server` is the command `model-server`."""

from model_server.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
