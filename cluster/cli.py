"""The command line: ``python -m cluster up | build | load IMAGE… | crds NAME… | istio | status | logs DIR | down``.

Results go to standard output, everything else to standard error.
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

DESCRIPTION = "Create a local Kubernetes cluster with a registry next to it."
EXAMPLES = """examples:
  python -m cluster up                       create the cluster, or its missing parts
  python -m cluster build                    build every program that tests use; start nothing
  python -m cluster load model-server:0.2.0  build or find an image, and push it to the registry
  python -m cluster crds gateway-api keda    install CustomResourceDefinitions of other projects
  python -m cluster istio                    install Istio, which `up` leaves out
  python -m cluster status --json            print kubeconfig, registry, engine and tools
  python -m cluster logs .build/logs         collect the logs of nodes and pods
  python -m cluster run kubectl get pods -A  run a tool against the cluster
  eval "$(python -m cluster env)"            set this shell up for the cluster
  python -m cluster down                     stop everything that `up` started; keep the caches
  python -m cluster clean                    stop it and remove the caches

exit codes:
  0    success
  1    failure; standard error has the cause and the remedy
  2    usage error
  130  interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
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
    elif options.command == "build":
        lifecycle.build(console, options.images)
        _print_done("built", options.json)
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
    os.execve(program, [tool, *arguments], environment)  # noqa: S606 (no shell is involved)


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
    shared.add_argument("--quiet", action="store_true", help="print errors and the result only")
    sources = argparse.ArgumentParser(add_help=False)
    sources.add_argument(
        "--images",
        choices=["auto", "pull", "build"],
        default="auto",
        help="where third-party images come from: pulled where a registry answers and built where none does "
        "(auto, the default), only pulled, or only built",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", parents=[shared, sources], help="create the cluster, or its missing parts")
    commands.add_parser("build", parents=[shared, sources], help="build every program that tests use; start nothing")
    load = commands.add_parser(
        "load", parents=[shared, sources], help="push images to the registry that the nodes pull from"
    )
    load.add_argument("image", nargs="+", metavar="IMAGE", help="an image of catalog.yaml or of the container engine")
    resources = commands.add_parser("crds", parents=[shared], help="apply CustomResourceDefinitions")
    resources.add_argument("name", nargs="+", choices=sorted(catalog.load().crds), metavar="NAME")
    commands.add_parser(
        "istio", parents=[shared, sources], help="install Istio: the control plane and an ingress gateway"
    )
    commands.add_parser("status", parents=[shared], help="print the state of the cluster and how to reach it")
    logs = commands.add_parser("logs", parents=[shared], help="write the logs of nodes and pods to a folder")
    logs.add_argument("folder", type=Path, metavar="DIR")
    runner = commands.add_parser(
        "run", help="run a tool with the kubeconfig, the engine and the tools in its environment"
    )
    runner.add_argument("tool", choices=sorted(catalog.load().tools), metavar="TOOL")
    runner.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…")
    runner.set_defaults(quiet=False)
    commands.add_parser("env", parents=[shared], help="print the environment variables for a shell")
    commands.add_parser("down", parents=[shared], help="stop everything that `up` started")
    commands.add_parser("clean", parents=[shared], help="stop everything and delete the caches")
    return parser
