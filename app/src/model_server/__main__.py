"""Run the command `model-server` as `python -m model_server`."""

from model_server.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
