"""What `seqreason run` prints in the end: tables and a line a cell, or one JSON document."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from seqreason.cli.output import print_json, results_console
from seqreason.reports.evidence_table import evidence_table
from seqreason.reports.pictures import keep_pictures
from seqreason.reports.sentences import evidence_sentences, search_sentence
from seqreason.reports.tables import breakdown_table, limits_table, results_table
from seqreason.runs import CellResult, Results
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence


def print_outcome(results: "Results", console: "Console", *, runs: Path, as_json: bool) -> None:
    """Draw the cells' pictures, and print the results; remarks go to *console*."""
    pictures = [_keep_pictures(cell, console) for cell in results]
    if as_json:
        print_json(outcome_as_json(results))
        return
    for search in results.searches:
        results_console().print(search_sentence(search), markup=False, highlight=False)
    arms = list(dict.fromkeys(cell.arm for cell in results))
    if len(arms) == 1:
        _print_cells(results)
        _print_endings(results, pictures)
    else:
        print_evidence(results)
        _print_exceptions(results, runs)


def outcome_as_json(results: "Results") -> dict[str, Any]:
    """The results as plain data, for scripts."""
    arms, contrasts = results.evidence()
    return {
        "cells": [_cell_as_json(cell) for cell in results],
        "arms": [_arm_as_json(arm, results.question.metric) for arm in arms],
        "contrasts": [_contrast_as_json(found) for found in contrasts],
        "searches": [asdict(search) for search in results.searches],
        "summary": _sentences(results, arms, contrasts),
    }


def _cell_as_json(cell: "CellResult") -> dict[str, Any]:
    return {
        "digest": cell.digest,
        "benchmark": cell.benchmark,
        "arm": cell.arm,
        "seed": cell.seed,
        "status": cell.status,
        "seconds": cell.seconds,
        "train_seconds": cell.train_seconds,
        "train_sequences": cell.train_sequences,
        "metrics": cell.metrics,
        "breakdowns": cell.breakdowns,
        "reliability": cell.reliability,
        "errors": cell.errors,
        "environment": cell.environment,
        "folder": cell.folder,
        "reused": cell.is_reused,
        "reason": cell.reason,
    }


def _arm_as_json(arm: "ArmEvidence", metric: str) -> dict[str, Any]:
    interval = arm.estimate
    return {
        "arm": arm.arm,
        "seeds": list(arm.seeds),
        "metric": metric,
        "mean": arm.means.get(metric),
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "covers": arm.covers,
        "means": arm.means,
    }


def _contrast_as_json(found: "ContrastEvidence") -> dict[str, Any]:
    return {
        "arm": found.contrast.arm,
        "against": found.contrast.against,
        "difference": found.difference.estimate,
        "low": found.difference.low,
        "high": found.difference.high,
        "p_value": found.p_value,
        "corrected_p": found.corrected_p,
        "paired": found.is_paired,
        "covers": found.covers,
        "by_seed": list(found.by_seed),
        "detectable": found.detectable,
        "finding": found.finding,
        "verdict": found.verdict,
    }


def _sentences(
    results: "Results", arms: "Sequence[ArmEvidence]", contrasts: "Sequence[ContrastEvidence]"
) -> list[str]:
    return evidence_sentences(results.question, arms, contrasts)


def _print_cells(results: "Results") -> None:
    console = results_console()
    console.print(results_table(results))
    console.print(limits_table(results))
    properties = dict.fromkeys(name for cell in results for name in cell.breakdowns)
    for table in (breakdown_table(results, name) for name in properties):
        if table is not None:
            console.print(table)


def print_evidence(results: "Results") -> None:
    """One row an arm, with what the contrasts show, in numbers and in words."""
    arms, contrasts = results.evidence()
    console = results_console()
    console.print(evidence_table(results.question, arms, contrasts))
    for sentence in _sentences(results, arms, contrasts):
        console.print(sentence, markup=False, highlight=False)


def _print_exceptions(results: "Results", runs: Path) -> None:
    """How many cells there are, and why any is not finished."""
    console = results_console()
    for cell in results:
        if cell.reason:
            message = f"{cell.arm} seed {cell.seed} {cell.status}: {cell.reason}"
            console.print(message, style="red", markup=False, soft_wrap=True)
    finished = [cell for cell in results if cell.status == "finished"]
    found = sum(cell.is_reused for cell in finished)
    message = (
        f"{len(finished)} of {len(results)} cells finished, {found} of them found so, in {runs}"
    )
    console.print(message, style="dim", markup=False, soft_wrap=True)


def _keep_pictures(cell: "CellResult", console: "Console") -> str:
    """Draw the cell's pictures, and return which are there; why others are not is a remark."""
    kept = keep_pictures(cell)
    if kept.problems:
        message = f"{cell.arm} seed {cell.seed}: {'; '.join(kept.problems)}"
        console.print(message, style="dim", markup=False, soft_wrap=True)
    return ", ".join(kept.captions)


def _print_endings(results: "Results", pictures: list[str]) -> None:
    """A line a cell: where it is kept and with which pictures, or why it is not."""
    console = results_console()
    for cell, captions in zip(results, pictures, strict=True):
        if cell.reason:
            message = f"{cell.arm} seed {cell.seed} {cell.status}: {cell.reason}"
            console.print(message, style="red", markup=False, soft_wrap=True)
        else:
            origin = "found finished in" if cell.is_reused else "kept in"
            message = f"{cell.arm} seed {cell.seed}: {origin} {cell.folder}"
            message += f"; {captions}" if captions else ""
            console.print(message, style="dim", markup=False, soft_wrap=True)
