"""`cleanclaim encoder train|evaluate CORPUS`: train the shipped weights from coded notes, and measure them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from cleanclaim.kernel.errors import UnreadableInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("what", choices=("train", "evaluate"), help="train the weights, or measure them")
    parser.add_argument(
        "corpus",
        metavar="CORPUS",
        type=Path,
        help="the folder of a coded corpus (us-notes, procedures, codiesp), or the folder above them",
    )
    parser.add_argument(
        "--profile",
        choices=("visit", "case-report", "all"),
        default="all",
        help="which weights to train (default: those that the corpus has notes for)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        type=Path,
        default=None,
        help="where to write the trained weights (default: in place of the shipped ones)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Train or measure; training says on standard error what it does."""
    if args.what == "evaluate":
        from cleanclaim.encoder.evaluate import evaluate

        figures = evaluate(args.corpus)
        _print(figures, as_json=args.json)
        return 0
    trained = _train(args)
    _print(trained, as_json=args.json)
    return 0


def _train(args: argparse.Namespace) -> dict[str, Any]:
    if not args.corpus.is_dir():
        raise UnreadableInput(f"There is no folder {args.corpus}.")
    folders = [args.corpus, *sorted(one for one in args.corpus.iterdir() if one.is_dir())]
    visits = [one for one in folders if (one / "gold.json").is_file()]
    cases = [one for one in folders if (one / "train").is_dir() and (one / "dev").is_dir()]
    done: dict[str, Any] = {}
    if visits and args.profile in {"visit", "all"}:
        from cleanclaim.encoder.model import training

        print(f"Training the visit weights on {', '.join(one.name for one in visits)}.", file=sys.stderr)
        artefact = training.train(visits)
        path = args.output or Path(training.__file__).with_name("visit.json")
        path = path / "visit.json" if path.is_dir() else path
        training.write(artefact, path)
        done["visit"] = {
            "written": str(path),
            "notes": artefact["notes"],
            "candidates": artefact["candidates"],
            "weights": len(artefact["weights"]),
            "suggest_from": artefact["suggest_from"],
        }
    if cases and args.profile in {"case-report", "all"}:
        from cleanclaim.encoder import casereports

        print("Training the case-report weights; this takes some minutes.", file=sys.stderr)
        folder = args.output or Path(casereports.__file__).with_name("model")
        if not folder.is_dir():
            raise UnreadableInput(f"{folder} must be a folder for the case-report weights.")
        casereports.save(casereports.train(cases[0]), folder)
        done["case-report"] = {"written": str(folder)}
    if not done:
        raise UnreadableInput(f"There are no coded notes to train on in {args.corpus}.")
    return done


def _print(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, indent=1))
        return
    for name, content in figures.items():
        print(name)
        for label, value in _rows(content):
            print(f"  {label:38} {value}")


def _rows(content: Any, prefix: str = "") -> list[tuple[str, str]]:
    if not isinstance(content, dict):
        return [(prefix.strip(), f"{content:.4f}" if isinstance(content, float) else str(content))]
    return [row for key, value in content.items() for row in _rows(value, f"{prefix} {key}")]
