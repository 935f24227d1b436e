"""What evidence comes to, in sentences that claim no more than it shows."""

from collections.abc import Sequence

from seqreason.reports.amounts import amount_told, number_told, p_told
from seqreason.spec import Question
from seqreason.suites.evidence import VERDICTS, ArmEvidence, ContrastEvidence
from seqreason.suites.results import SearchResult


def told_evidence(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[str]:
    """What the contrasts come to, and whether a claim is borne out; nothing if none was asked."""
    if not contrasts:
        return []
    seeds = min(len(arm.seeds) for arm in arms)
    begin = f"Over {seeds} seed{'s' if seeds != 1 else ''}: "
    if len(contrasts) == 1:
        told = [begin + told_contrast(contrasts[0], question)]
    else:
        told = [begin + _counted(contrasts, question)]
    if question.claim:
        told.append(f"The claim “{question.claim}” is {told_verdict(contrasts)}.")
    return told


def told_contrast(found: ContrastEvidence, question: Question) -> str:
    """One contrast in a sentence."""
    metric, difference = question.metric, found.difference
    low, high = (
        number_told(limit, metric, signed=True) for limit in (difference.low, difference.high)
    )
    amounts = (
        f"{amount_told(difference.estimate, metric, signed=True)} in {metric} (95 % interval "
        f"{low} to {high}, p = {p_told(found.corrected_p)})".replace("= <", "<")
    )
    return f"“{found.contrast.arm}” {_found(found, question)}: {amounts}{_caveats(found, metric)}."


def told_verdict(contrasts: Sequence[ContrastEvidence]) -> str:
    """Whether the contrasts bear a claim out: in one word if they agree, and else by number."""
    verdicts = [found.verdict for found in contrasts]
    counts = {verdict: verdicts.count(verdict) for verdict in VERDICTS if verdict in verdicts}
    if len(counts) == 1:
        return verdicts[0]
    parts = [f"{verdict} in {count}" for verdict, count in counts.items()]
    return f"{', '.join(parts)} of {len(contrasts)} contrasts"


def told_search(search: SearchResult) -> str:
    """How a search went, in a sentence."""
    values = ", ".join(f"{path} {value:.4g}" for path, value in search.values.items())
    ends = {"pruned": search.pruned, "failed": search.failed}
    told = "".join(f", {count} of them {end}" for end, count in ends.items() if count)
    return (
        f"{search.arm}: of {search.trials} trials{told}, the best on validation "
        f"({100 * search.valid_accuracy:.2f} %) has {values}; it alone was tested"
    )


def told_detectable(found: ContrastEvidence, metric: str) -> str:
    """The difference that would have been seen with a probability of 80 %; a dash of one seed."""
    return "-" if found.detectable is None else amount_told(found.detectable, metric)


def _found(found: ContrastEvidence, question: Question) -> str:
    against = f"“{found.contrast.against}”"
    if found.finding in ("better", "worse"):
        return f"is shown to be {found.finding} than {against}"
    if found.finding == "alike":
        limit = amount_told(question.smallest_difference or 0.0, question.metric)
        return f"is less than {limit} from {against}"
    return f"is not shown to differ from {against}"


def _caveats(found: ContrastEvidence, metric: str) -> str:
    """What a reader must know so as not to take it for more than it is."""
    told = ""
    if found.finding == "undecided" and found.detectable is not None:
        seen = amount_told(found.detectable, metric)
        told += f"; a true difference of {seen} would have been seen with a probability of 80 %"
    if not found.is_paired:
        told += "; the two were not tested on the same items, which makes the interval wider"
    if "seeds" not in found.covers:
        told += "; this speaks of these trained models alone: another seed may come out otherwise"
    return told


def _counted(contrasts: Sequence[ContrastEvidence], question: Question) -> str:
    """How many of several contrasts show what."""
    parts = [_shown(contrasts, finding, question) for finding in ("better", "worse")]
    alike = sum(found.finding == "alike" for found in contrasts)
    if alike:
        limit = amount_told(question.smallest_difference or 0.0, question.metric)
        shows = "shows" if alike == 1 else "show"
        parts.append(f"{alike} {shows} a difference of less than {limit}")
    undecided = [found for found in contrasts if found.finding == "undecided"]
    if undecided:
        parts.append(f"{len(undecided)} {_left_open(undecided, question)}")
    return f"of {len(contrasts)} contrasts {'; '.join(parts)}."


def _shown(contrasts: Sequence[ContrastEvidence], finding: str, question: Question) -> str:
    found = [contrast for contrast in contrasts if contrast.finding == finding]
    if not found:
        return f"none shows an arm to be {finding}"
    most = max(found, key=lambda contrast: abs(contrast.difference.estimate))
    amount = amount_told(most.difference.estimate, question.metric, signed=True)
    shows = "shows an arm" if len(found) == 1 else "show arms"
    return f"{len(found)} {shows} to be {finding} (most of all “{most.contrast.arm}”: {amount})"


def _left_open(undecided: Sequence[ContrastEvidence], question: Question) -> str:
    is_or_are = "is" if len(undecided) == 1 else "are"
    seen = sorted(found.detectable for found in undecided if found.detectable is not None)
    if not seen:
        return f"{is_or_are} undecided"
    low, high = number_told(seen[0], question.metric), amount_told(seen[-1], question.metric)
    span = high if low == number_told(seen[-1], question.metric) else f"{low} to {high}"
    return (
        f"{is_or_are} undecided, where a true difference of {span} would have been seen with a "
        "probability of 80 %"
    )
