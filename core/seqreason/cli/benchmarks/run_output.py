"""The output of `seqreason run`: tables and a line per cell, or one JSON document."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seqreason.cli.output import print_json, print_line, print_note, results_console
from seqreason.errors import counted
from seqreason.reports.evidence_table import evidence_table
from seqreason.reports.pictures import keep_pictures
from seqreason.reports.sentences import evidence_sentences, search_sentence
from seqreason.reports.tables import breakdown_table, limits_table, results_table
from seqreason.runs import CellResult, Results
from seqreason.runs.results.evidence import ArmEvidence, ContrastEvidence


def print_results(results: Results, *, runs: Path, as_json: bool) -> None:
    """Draw the pictures of the cells, and print the results."""
    pictures = [_keep_pictures(cell) for cell in results]
    if as_json:
        print_json(results_as_json(results))
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


def results_as_json(results: Results) -> dict[str, Any]:
    """The results as plain data, for scripts."""
    arms, contrasts = results.evidence()
    return {
        "cells": [_cell_as_json(cell) for cell in results],
        "arms": [_arm_as_json(arm, results.question.metric) for arm in arms],
        "contrasts": [_contrast_as_json(evidence) for evidence in contrasts],
        "searches": [asdict(search) for search in results.searches],
        "summary": evidence_sentences(results.question, arms, contrasts),
    }


def _cell_as_json(cell: CellResult) -> dict[str, Any]:
    """All fields of the cell but its curve."""
    names = {"is_reused": "reused"}
    fields = {name: value for name, value in vars(cell).items() if name != "curve"}
    return {names.get(name, name): value for name, value in fields.items()}


def _arm_as_json(arm: ArmEvidence, metric: str) -> dict[str, Any]:
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


def _contrast_as_json(evidence: ContrastEvidence) -> dict[str, Any]:
    return {
        "arm": evidence.contrast.arm,
        "against": evidence.contrast.against,
        "difference": evidence.difference.estimate,
        "low": evidence.difference.low,
        "high": evidence.difference.high,
        "p_value": evidence.p_value,
        "corrected_p": evidence.corrected_p,
        "paired": evidence.is_paired,
        "covers": evidence.covers,
        "by_seed": list(evidence.by_seed),
        "detectable": evidence.detectable,
        "finding": evidence.finding,
        "verdict": evidence.verdict,
    }


def _print_cells(results: Results) -> None:
    console = results_console()
    console.print(results_table(results))
    console.print(limits_table(results))
    properties = dict.fromkeys(name for cell in results for name in cell.breakdowns)
    for table in (breakdown_table(results, name) for name in properties):
        if table is not None:
            console.print(table)


def print_evidence(results: Results) -> None:
    """Print a row per arm, and what the contrasts show, in numbers and in words."""
    arms, contrasts = results.evidence()
    console = results_console()
    console.print(evidence_table(results.question, arms, contrasts))
    for sentence in evidence_sentences(results.question, arms, contrasts):
        console.print(sentence, markup=False, highlight=False)


def _print_exceptions(results: Results, runs: Path) -> None:
    """Print the reason of each cell that is not finished, and a summary."""
    for cell in results:
        if cell.reason:
            _print_reason(cell)
    print_line(summary(list(results), runs), style="dim")


def summary(cells: Sequence[CellResult], runs: Path) -> str:
    """How many cells finished, where they came from, and how the others ended.

    `12 cells finished, all computed now, kept in runs/.`
    """
    endings = Counter(cell.status for cell in cells)
    num_finished = endings.pop("finished", 0)
    total = counted(len(cells), "cell")
    finished = f"{num_finished} of {total} finished" if endings else f"{total} finished"
    if num_finished:
        finished += f", {_origins(cells, num_finished)}, kept in {runs}/"
    others = ", ".join(f"{count} {status}" for status, count in endings.items())
    return f"{finished}. {others}." if others else f"{finished}."


def _origins(cells: Sequence[CellResult], num_finished: int) -> str:
    """Whether the finished cells are new: `all computed now`."""
    num_found = sum(cell.is_reused for cell in cells)
    counts = {"computed now": num_finished - num_found, "found from an earlier run": num_found}
    if num_finished in counts.values():
        (origin,) = (origin for origin, count in counts.items() if count == num_finished)
        return origin if num_finished == 1 else f"all {origin}"
    return " and ".join(f"{count} {origin}" for origin, count in counts.items())


def _keep_pictures(cell: CellResult) -> str:
    """Draw the pictures of *cell*, and return their captions; a note explains a missing one."""
    kept = keep_pictures(cell)
    if kept.problems:
        print_note(f"{cell.arm} seed {cell.seed}: {'; '.join(kept.problems)}")
    return ", ".join(kept.captions)


def _print_endings(results: Results, pictures: list[str]) -> None:
    """Print a line per cell: its folder and its pictures, or why it is not finished."""
    for cell, captions in zip(results, pictures, strict=True):
        if cell.reason:
            _print_reason(cell)
        else:
            origin = "found finished in" if cell.is_reused else "kept in"
            message = f"{cell.arm} seed {cell.seed}: {origin} {cell.folder}"
            message += f"; {captions}" if captions else ""
            print_line(message, style="dim")


def _print_reason(cell: CellResult) -> None:
    print_line(f"{cell.arm} seed {cell.seed} {cell.status}: {cell.reason}", style="red")
