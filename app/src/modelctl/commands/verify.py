"""`modelctl verify`: check that a version is unchanged and can be served on this machine."""

import argparse
import os
import sys
from pathlib import Path

_EPILOG = """\
examples
  modelctl verify models/iris/1

exit codes
  0            the files are unchanged, and the model loads and answers
  2            a file is missing or changed, or the model cannot be served on this machine
  130 and 143  interrupted by a signal
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "verify",
        help="check the digests of a version and load it, as the server would",
        description="Check the digests of a version, load it and call it, as the server would."
        " Its answers to the sample rows must be those in samples.json.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="directory <repository>/<model>/<version>")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Run the command. Raises RepositoryError or ModelLoadError."""
    from model_server.cpu import limit_library_threads

    limit_library_threads(os.environ)
    from model_server.observability.native_output import discard, native_output_to
    from model_server.repository.versions import read_version
    from model_server.serving.loader import load_version, warm_up

    found = read_version(options.path)
    with native_output_to(discard):
        sample_rows = warm_up(found, load_version(found))
    files = len(found.manifest.files)
    samples = f", with the recorded answers to {sample_rows} sample row(s)" if sample_rows else ""
    sys.stdout.write(f"{options.path}: {files} file(s) unchanged; the model loads and answers{samples}\n")
