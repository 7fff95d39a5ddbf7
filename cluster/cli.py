"""The command line: ``python -m cluster up | load IMAGE… | crds NAME… | istio | status | logs DIR | down``.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 something that the
message names is wrong, 2 the call itself is wrong, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from cluster import catalog, crds, lifecycle, tools
from cluster.console import Console
from devkit import exits, paths

DESCRIPTION = "Make a Kubernetes cluster with a registry beside it, on any machine."
EXAMPLES = """examples:
  python -m cluster up                       make the cluster, or what is missing of it
  python -m cluster load model-server:0.2.0  build or find an image, and let the nodes pull it
  python -m cluster crds gateway-api keda    let the cluster know the custom resources of others
  python -m cluster istio                    install Istio, which `up` does not
  python -m cluster status --json            where the kubeconfig, the registry and the tools are
  python -m cluster logs .build/logs         logs of nodes and pods
  python -m cluster run kubectl get pods -A  call a tool with the cluster in its environment
  eval "$(python -m cluster env)"            the same for this shell
  python -m cluster down                     end everything that `up` started; caches stay
  python -m cluster clean                    and remove the caches, too

exit codes:
  0    success
  1    failure; standard error has the cause and the remedy
  2    usage error
  130  interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    return exits.run(
        # The parser reads the catalog, which may contain a mistake.
        lambda: _run(_parser().parse_args(arguments)),
        # The commands write to the clone and to the cache only.
        os_error_remedy=f"Check that {paths.BUILD} and {paths.cache()} can be written to and have space.",
        interrupted="interrupted; call the command again to go on from here",
    )


def _run(options: argparse.Namespace) -> None:
    console = Console(quiet=options.quiet)
    if options.command == "up":
        _print_status(lifecycle.up(console, options.images), options.json)
    elif options.command == "load":
        places = lifecycle.load(options.image, console, options.images)
        print(json.dumps({"loaded": places}) if options.json else "\n".join(places))
    elif options.command == "crds":
        applied = crds.apply(options.name, console)
        print(json.dumps({"applied": applied}) if options.json else "\n".join(applied))
    elif options.command == "istio":
        lifecycle.install_istio(console, options.images)
        _print_done("istio", options.json)
    elif options.command == "status":
        _print_status(lifecycle.status(), options.json)
    elif options.command == "logs":
        lifecycle.logs(options.folder)
        print(json.dumps({"logs": str(options.folder)}) if options.json else options.folder)
    elif options.command == "run":
        _become(options.tool, options.arguments, console)
    elif options.command == "env":
        _print_environment(lifecycle.environment(console), options.json)
    elif options.command == "clean":
        lifecycle.clean(console)
        _print_done("cleaned", options.json)
    else:
        lifecycle.down(console)
        _print_done("down", options.json)


def _become(tool: str, arguments: Sequence[str], console: Console) -> NoReturn:
    program = tools.ensure(tool, console)
    environment = {**os.environ, **lifecycle.environment(console)}
    os.execve(program, [tool, *arguments], environment)  # noqa: S606 (no shell is what is wanted)


def _print_done(what: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({what: True}))


def _print_environment(environment: dict[str, str], as_json: bool) -> None:
    if as_json:
        print(json.dumps(environment, indent=2))
        return
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}")


def _print_status(status: lifecycle.Status, as_json: bool) -> None:
    if as_json:
        print(json.dumps(status.as_dictionary(), indent=2))
        return
    nodes = ", ".join(f"{name} ({'running' if up else 'stopped'})" for name, up in status.nodes.items()) or "none"
    print(f"nodes       {nodes}")
    print(f"ready       {'yes' if status.ready else 'no'}")
    print(f"metrics     {'yes' if status.metrics else 'not yet'}")
    print(f"kubernetes  {status.kubernetes_version}")
    print(f"kubeconfig  {status.kubeconfig}")
    print(f"registry    {status.registry} ({'running' if status.registry_running else 'stopped'})")
    print(f"engine      {status.engine}{f', DOCKER_HOST={status.docker_host}' if status.docker_host else ''}")
    print(f"cache       {status.cache}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cluster",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print the result as JSON")
    shared.add_argument("--quiet", action="store_true", help="say nothing but errors and the result")
    sources = argparse.ArgumentParser(add_help=False)
    sources.add_argument(
        "--images",
        choices=["auto", "pull", "build"],
        default="auto",
        help="where third-party images come from: pulled where a registry answers and built where none does "
        "(auto, the default), only pulled, or only built",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", parents=[shared, sources], help="make the cluster, or what is missing of it")
    load = commands.add_parser("load", parents=[shared, sources], help="let the nodes pull an image")
    load.add_argument("image", nargs="+", metavar="IMAGE", help="a name of catalog.yaml, or of the engine")
    resources = commands.add_parser("crds", parents=[shared], help="apply definitions of custom resources")
    resources.add_argument("name", nargs="+", choices=sorted(catalog.load().crds), metavar="NAME")
    commands.add_parser("istio", parents=[shared, sources], help="install Istio: its control plane and a gateway")
    commands.add_parser("status", parents=[shared], help="what there is, and how to reach it")
    logs = commands.add_parser("logs", parents=[shared], help="write the logs of nodes and pods to a folder")
    logs.add_argument("folder", type=Path, metavar="DIR")
    runner = commands.add_parser(
        "run", help="call a tool with the cluster, the engine and the tools in its environment"
    )
    runner.add_argument("tool", choices=sorted(catalog.load().tools), metavar="TOOL")
    runner.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…")
    runner.set_defaults(quiet=False)
    commands.add_parser("env", parents=[shared], help="print what a shell needs to find the tools and the cluster")
    commands.add_parser("down", parents=[shared], help="end everything that `up` started")
    commands.add_parser("clean", parents=[shared], help="end everything, and remove what is cached")
    return parser
