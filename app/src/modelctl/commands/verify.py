"""`modelctl verify`: is this version what was published, and can it be served here?"""

import argparse
import os
import sys
from pathlib import Path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "verify",
        help="check the digests of a version and load it, as the server would",
        description="Check the digests of a version, then load it and let it answer, as the server would."
        " Answers to the version's sample rows must be those that samples.json records.",
        epilog="examples\n  modelctl verify models/iris/1\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="folder <repository>/<model>/<version>")
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
    answers = f"gives the recorded answers to {sample_rows} sample row(s)" if sample_rows else "answers"
    sys.stdout.write(f"{options.path}: {files} file(s) as published, the model loads and {answers}\n")
