"""`modelctl pull`: download an archive and add its versions to a model repository."""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelctl.errors import ModelctlError
from modelctl.pull.limits import GIB, Limits

if TYPE_CHECKING:
    from modelctl.pull.pipeline import PullResult

_EPILOG = """\
The archive is a tar, tar.gz or zip file with a model repository at its root: <model>/<version>/manifest.json and
the files that it lists, and optionally <model>/aliases.json and <model>/history.jsonl. It is unpacked only if its
SHA-256 is the given one. Links, devices, paths that point outside, and files that do not belong to a model are
rejected. A version that the repository already has with the same digests stays; one with different content is an
error. Aliases and history are added only for models that the repository does not have yet.

Create an archive and its digest:
  tar -C models -czf iris.tar.gz iris && sha256sum iris.tar.gz

sources
  https://host/path     also http:// with --allow-http. Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
  s3://bucket/key       AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION,
                        AWS_ENDPOINT_URL, web identity (AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE), EKS pod
                        identity, instance profile; AWS_SKIP_SIGNATURE=true for a public bucket.
  gs://bucket/object    GOOGLE_APPLICATION_CREDENTIALS, workload identity, attached service account;
                        GOOGLE_SKIP_SIGNATURE=true for a public bucket.
  az://container/blob   AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or
                        AZURE_STORAGE_CONNECTION_STRING, workload or managed identity.
  file:///path          a local file.
Profiles in ~/.aws are not read. The user, password and query string of a URL are never printed.

examples
  modelctl pull https://models.example.org/iris.tar.gz --sha256 "$SHA256" --repository models
  modelctl pull s3://models/iris.tar.gz --sha256 "$SHA256" --repository models \\
      --endpoint https://store.example.org --region eu-central-1
  modelctl pull https://models.example.org/iris.zip --sha256 "$SHA256" --repository models \\
      --header-file token.headers --ca-file ca.pem --timeout 600 --json

exit codes
  0            the versions are in the repository
  2            an error that the user can fix: in the URL, digest, credentials, archive, or disk space
  75           the server or the network failed, or the timeout expired; retry
  130 and 143  interrupted by a signal
"""

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "pull",
        help="add models from a web server or an object store to a repository",
        description="Download an archive of models, verify it, and add its versions to a model repository.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("url", metavar="URL", help="URL of the archive")
    parser.add_argument("--sha256", required=True, metavar="HEX", help="SHA-256 of the archive")
    parser.add_argument("--repository", required=True, type=Path, metavar="DIR", help="model repository")
    parser.add_argument(
        "--timeout",
        type=float,
        default=1800.0,
        metavar="SECONDS",
        help="timeout of the pull (default: 1800)",
    )
    _add_limits(parser)
    parser.add_argument("--ca-file", metavar="FILE", help="additional certificate authorities in PEM format")
    parser.add_argument("--header-file", metavar="FILE", help="request headers, one 'Name: value' per line")
    parser.add_argument("--allow-http", action="store_true", help="allow http://, which is not encrypted")
    parser.add_argument("--endpoint", metavar="URL", help="URL of the object store (default: the cloud's)")
    parser.add_argument("--region", metavar="NAME", help="region of an S3 bucket (default: AWS_REGION)")
    style = parser.add_mutually_exclusive_group()
    style.add_argument(
        "--path-style",
        dest="virtual_hosted",
        action="store_const",
        const=False,
        help="S3: the bucket is in the path (default)",
    )
    style.add_argument(
        "--virtual-hosted",
        dest="virtual_hosted",
        action="store_const",
        const=True,
        help="S3: the bucket is in the host name",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    standard = Limits()
    for flag, default, shown, text in (
        ("--max-bytes", standard.max_bytes, f"{standard.max_bytes // GIB} GiB", "maximum size of the archive"),
        (
            "--max-unpacked-bytes",
            standard.max_unpacked_bytes,
            f"{standard.max_unpacked_bytes // GIB} GiB",
            "maximum unpacked size",
        ),
        ("--max-entries", standard.max_entries, str(standard.max_entries), "maximum number of files and directories"),
    ):
        parser.add_argument(flag, type=int, default=default, metavar="N", help=f"{text} (default: {shown})")


def run(options: argparse.Namespace) -> None:
    """Run the command. Raises ModelctlError or RepositoryError."""
    digest = _DIGEST.fullmatch(options.sha256.lower())
    if digest is None:
        raise ModelctlError("--sha256 must be 64 hexadecimal digits.", "pass the digest from 'sha256sum ARCHIVE'")
    for flag in ("timeout", "max_bytes", "max_unpacked_bytes", "max_entries"):
        if not getattr(options, flag) > 0:
            raise ModelctlError(f"--{flag.replace('_', '-')} must be positive.", "omit it, or pass a larger value")
    # Imported here because --help needs none of it.
    from modelctl.progress import TransferProgress
    from modelctl.pull.pipeline import PullRequest, pull
    from modelctl.pull.sources import SourceOptions

    request = PullRequest(
        url=options.url,
        sha256=digest[1],
        repository=options.repository,
        limits=Limits(options.max_bytes, options.max_unpacked_bytes, options.max_entries),
        options=SourceOptions(
            endpoint=options.endpoint,
            region=options.region,
            virtual_hosted=options.virtual_hosted,
            allow_http=options.allow_http,
            ca_file=options.ca_file,
            header_file=options.header_file,
            timeout_seconds=options.timeout,
        ),
    )
    result = pull(request, TransferProgress(sys.stderr))
    sys.stdout.write(_as_json(request.sha256, result) if options.json else _summary(result))


def _summary(result: "PullResult") -> str:
    lines = []
    for version in result.versions:
        state = "added" if version.is_new else "unchanged"
        lines.append(f"{version.folder}  {state}  ({version.manifest.format})")
    return "\n".join([*lines, *result.notes]) + "\n"


def _as_json(sha256: str, result: "PullResult") -> str:
    document = {
        "source": result.source,
        "sha256": sha256,
        "downloaded_bytes": result.archive_bytes,
        "versions": [
            {
                "model": version.manifest.name,
                "version": version.manifest.version,
                "path": str(version.folder),
                "placed": version.is_new,
            }
            for version in result.versions
        ],
        "notes": list(result.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
