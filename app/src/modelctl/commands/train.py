"""`modelctl train`: train a classifier on a table and publish it as a model version."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from model_server.drift.reference import MAX_FEATURES, REFERENCE_NAME
from modelctl.errors import ModelctlError
from modelctl.training.algorithms import ALGORITHMS, KERAS_FORMATS

if TYPE_CHECKING:
    from model_server.repository.manifest import Manifest

_EPILOG = """\
The table is a UTF-8 CSV file with a header. One column is the target with a class per row; all others are features
and must be numeric. A share of the rows of each class is held out from training, and the evaluation in the manifest
is on those rows. The same table, seed and library versions produce the same files, byte for byte. reference.json
describes the distribution of the training rows, from which the server computes drift. samples.json contains up to
ten held-out rows and the model's answers: a server whose answers differ refuses to serve the version.

examples
  modelctl train --data examples/iris/data.csv --target species --model iris \\
      --algorithm logistic-regression --repository models
  modelctl train --data examples/iris/data.csv --target species --model iris-mlp \\
      --algorithm keras-mlp --format keras --seed 7 --repository models --json

exit codes
  0            the version is in the repository
  2            an error that the user can fix: in the table or the options; nothing was written
  130 and 143  interrupted by a signal
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "train",
        help="train a classifier on a CSV file and publish it as a new version",
        description="Train a classifier on a CSV file and publish it, with its evaluation, as a new version.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--data", required=True, type=Path, metavar="FILE", help="CSV file with a header")
    parser.add_argument("--target", required=True, metavar="COLUMN", help="column with the classes")
    parser.add_argument("--model", required=True, metavar="NAME", help="name of the model")
    parser.add_argument("--algorithm", required=True, choices=tuple(ALGORITHMS), help="training algorithm")
    parser.add_argument("--repository", required=True, type=Path, metavar="DIR", help="model repository")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of split and training (default: 0)")
    parser.add_argument(
        "--holdout", type=float, default=0.2, metavar="SHARE", help="share of held-out rows (default: 0.2)"
    )
    parser.add_argument("--format", choices=tuple(KERAS_FORMATS), help="file format of a Keras model (default: keras)")
    parser.add_argument("--epochs", type=int, metavar="N", help="training epochs of keras-mlp (default: 100)")
    parser.add_argument("--version", type=int, metavar="N", help="version to publish (default: the next free one)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Run the command. Raises ModelctlError or RepositoryError."""
    if not 0 < options.holdout < 1:
        raise ModelctlError(f"--holdout must be between 0 and 1, got {options.holdout}.", "pass for example 0.2")
    if not 0 <= options.seed < 2**32:
        raise ModelctlError(f"--seed must be from 0 to 4294967295, got {options.seed}.", "pass a number in this range")
    if options.version is not None and options.version < 1:
        raise ModelctlError(f"--version must be positive, got {options.version}.", "pass 1 or more")
    if options.epochs is not None and options.epochs < 1:
        raise ModelctlError(f"--epochs must be positive, got {options.epochs}.", "pass for example 100")
    # Imported here because --help and invalid options need no numerical library.
    from modelctl.training.train import TrainingRequest, train

    manifest = train(
        TrainingRequest(
            data=options.data,
            target=options.target,
            model=options.model,
            algorithm=options.algorithm,
            repository=options.repository,
            seed=options.seed,
            holdout=options.holdout,
            format=options.format,
            epochs=options.epochs,
            version=options.version,
        )
    )
    folder = options.repository / manifest.name / str(manifest.version)
    if options.json:
        document = {"path": str(folder), "manifest": json.loads(manifest.to_json())}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_summary(folder, manifest))


def _summary(folder: Path, manifest: "Manifest") -> str:
    evaluation = manifest.evaluation
    trained, held_out = manifest.split["training_rows"], evaluation["rows"]
    lines = [
        f"{folder}  ({manifest.format}, {manifest.model_file.size} bytes)",
        f"trained on {trained} rows, evaluated on {held_out} held-out rows:",
        f"  accuracy {evaluation['accuracy']:.4f}   log loss {evaluation['log_loss']:.4f}",
    ]
    for name, figures in evaluation["per_class"].items():
        lines.append(
            f"  {name}: precision {figures['precision']:.3f}  recall {figures['recall']:.3f}  "
            f"f1 {figures['f1']:.3f}  rows {figures['rows']}"
        )
    if all(entry.path != REFERENCE_NAME for entry in manifest.files):
        lines.append(f"no {REFERENCE_NAME}: drift is computed for at most {MAX_FEATURES} features")
    return "\n".join(lines) + "\n"
