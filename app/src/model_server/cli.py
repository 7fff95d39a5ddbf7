"""The command `model-server`: read the settings and start the server."""

import argparse
import sys
from collections.abc import Sequence

from model_server import __version__
from model_server.errors import SettingsError
from model_server.settings import CONFIG_VARIABLE, ENV_PREFIX, load_settings, render, setting_help

EXIT_SETTINGS = 2

_EPILOG = f"""\
settings
  Each flag is also an environment variable ({ENV_PREFIX}THREADS=4) and a key of the YAML file
  (threads: 4). Flags take precedence over the environment, the environment over the file, and the file over
  the defaults. An empty environment variable counts as unset. Unknown keys are rejected.

examples
  model-server --repository models                        serve the one model in ./models
  model-server --repository models --model-name iris --model-version 3
  model-server --config server.yaml --print-config        print the effective settings with their sources
  curl -H 'Content-Type: application/json' -d '{{"input_data": [[5.1, 3.5, 1.4, 0.2]]}}' \\
      localhost:8080/predict
  curl localhost:8081/readyz

exit codes
  0  stopped by SIGTERM or SIGINT         2  invalid settings, or a port is taken
  3  the model could not be loaded; the reason is in the log and, in a pod, in /dev/termination-log
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit code."""
    parser = _parser()
    given = {key: value for key, value in vars(parser.parse_args(arguments)).items() if value is not None}
    print_config = given.pop("print_config")
    try:
        loaded = load_settings(given)
        if print_config:
            sys.stdout.write(render(loaded))
            return 0
        # Imported late: --help and --print-config do not need the server.
        from model_server.http.server import serve

        return serve(loaded.values)
    except SettingsError as error:
        sys.stderr.write(f"model-server: error: {error}\n")
        return EXIT_SETTINGS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="model-server",
        description="Serve one version of one model over HTTP, with health checks and metrics.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"model-server {__version__}")
    parser.add_argument("--print-config", action="store_true", help="print the effective settings and exit")
    parser.add_argument("--config", metavar="FILE", help=f"YAML file with settings (or {CONFIG_VARIABLE})")
    for key, kind, text in setting_help():
        metavar = "SECONDS" if key.endswith("_seconds") else {str: "TEXT", int: "N", float: "NUMBER"}[kind]
        parser.add_argument(f"--{key.replace('_', '-')}", metavar=metavar, help=text)
    return parser
