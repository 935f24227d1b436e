"""What evidence comes to, in sentences that claim no more than it shows."""

from collections.abc import Sequence

from seqreason.errors import counted
from seqreason.reports.amounts import format_amount, format_number, format_p
from seqreason.runs.results.evidence import CLAIM_VERDICTS, ArmEvidence, ContrastEvidence
from seqreason.runs.search.search_result import SearchResult
from seqreason.spec import Question


def evidence_sentences(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[str]:
    """What the contrasts come to, and whether a claim is borne out; nothing if none was asked."""
    if not contrasts:
        return []
    seeds = min(len(arm.seeds) for arm in arms)
    begin = f"Over {counted(seeds, 'seed')}: "
    if len(contrasts) == 1:
        found = [begin + contrast_sentence(contrasts[0], question)]
    else:
        found = [begin + _counted(contrasts, question)]
    if question.claim:
        found.append(f"The claim “{question.claim}” is {claim_sentence(contrasts)}.")
    return found


def contrast_sentence(found: ContrastEvidence, question: Question) -> str:
    """One contrast in a sentence."""
    metric, difference = question.metric, found.difference
    low, high = (
        format_number(limit, metric, signed=True) for limit in (difference.low, difference.high)
    )
    amounts = (
        f"{format_amount(difference.estimate, metric, signed=True)} in {metric} (95 % interval "
        f"{low} to {high}, p = {format_p(found.corrected_p)})".replace("= <", "<")
    )
    return f"“{found.contrast.arm}” {_found(found, question)}: {amounts}{_caveats(found, metric)}."


def claim_sentence(contrasts: Sequence[ContrastEvidence]) -> str:
    """Whether the contrasts bear a claim out: in one word if they agree, and else by number."""
    verdicts = [found.verdict for found in contrasts]
    counts = {verdict: verdicts.count(verdict) for verdict in CLAIM_VERDICTS if verdict in verdicts}
    if len(counts) == 1:
        return verdicts[0]
    parts = [f"{verdict} in {count}" for verdict, count in counts.items()]
    return f"{', '.join(parts)} of {len(contrasts)} contrasts"


def search_sentence(search: SearchResult) -> str:
    """How a search went, in a sentence."""
    values = ", ".join(f"{path} {value:.4g}" for path, value in search.values.items())
    ends = {"pruned": search.pruned, "failed": search.failed}
    message = "".join(f", {count} of them {end}" for end, count in ends.items() if count)
    return (
        f"{search.arm}: of {search.trials} trials{message}, the best on validation "
        f"({100 * search.valid_accuracy:.2f} %) has {values}; it alone was tested"
    )


def format_detectable(found: ContrastEvidence, metric: str) -> str:
    """The difference that would have been seen with a probability of 80 %; a dash of one seed."""
    return "-" if found.detectable is None else format_amount(found.detectable, metric)


def _found(found: ContrastEvidence, question: Question) -> str:
    against = f"“{found.contrast.against}”"
    if found.finding in ("better", "worse"):
        return f"is shown to be {found.finding} than {against}"
    if found.finding == "equivalent":
        limit = format_amount(question.smallest_difference or 0.0, question.metric)
        return f"is less than {limit} from {against}"
    return f"is not shown to differ from {against}"


def _caveats(found: ContrastEvidence, metric: str) -> str:
    """What a reader must know so as not to take it for more than it is."""
    message = ""
    if found.finding == "inconclusive" and found.detectable is not None:
        seen = format_amount(found.detectable, metric)
        message += f"; a true difference of {seen} would have been seen with a probability of 80 %"
    if not found.is_paired:
        message += "; the two were not tested on the same items, which makes the interval wider"
    if "seeds" not in found.covers:
        message += (
            "; this speaks of these trained models alone: another seed may come out otherwise"
        )
    return message


def _counted(contrasts: Sequence[ContrastEvidence], question: Question) -> str:
    """How many of several contrasts show what."""
    parts = [_shown(contrasts, finding, question) for finding in ("better", "worse")]
    alike = sum(found.finding == "equivalent" for found in contrasts)
    if alike:
        limit = format_amount(question.smallest_difference or 0.0, question.metric)
        shows = "shows" if alike == 1 else "show"
        parts.append(f"{alike} {shows} a difference of less than {limit}")
    inconclusive = [found for found in contrasts if found.finding == "inconclusive"]
    if inconclusive:
        parts.append(f"{len(inconclusive)} {_left_open(inconclusive, question)}")
    return f"of {len(contrasts)} contrasts {'; '.join(parts)}."


def _shown(contrasts: Sequence[ContrastEvidence], finding: str, question: Question) -> str:
    found = [contrast for contrast in contrasts if contrast.finding == finding]
    if not found:
        return f"none shows an arm to be {finding}"
    most = max(found, key=lambda contrast: abs(contrast.difference.estimate))
    amount = format_amount(most.difference.estimate, question.metric, signed=True)
    shows = "shows an arm" if len(found) == 1 else "show arms"
    return f"{len(found)} {shows} to be {finding} (most of all “{most.contrast.arm}”: {amount})"


def _left_open(inconclusive: Sequence[ContrastEvidence], question: Question) -> str:
    is_or_are = "is" if len(inconclusive) == 1 else "are"
    seen = sorted(found.detectable for found in inconclusive if found.detectable is not None)
    if not seen:
        return f"{is_or_are} inconclusive"
    low, high = format_number(seen[0], question.metric), format_amount(seen[-1], question.metric)
    span = high if low == format_number(seen[-1], question.metric) else f"{low} to {high}"
    return (
        f"{is_or_are} inconclusive, where a true difference of {span} would have been seen with a "
        "probability of 80 %"
    )
