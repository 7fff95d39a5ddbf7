"""Run `modelctl` as `python -m modelctl`."""

from modelctl.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
