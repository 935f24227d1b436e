"""The evidence of a run in sentences that claim no more than it shows."""

from collections.abc import Sequence
from typing import Final

from seqreason.errors import counted
from seqreason.reports.amounts import format_amount, format_number, format_p, is_share
from seqreason.runs.results.evidence import ArmEvidence, Conclusion, ContrastEvidence
from seqreason.runs.search.search_result import SearchResult
from seqreason.spec import Question
from seqreason.spec.metrics import format_share

_WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MEANINGS: Final[dict[Conclusion, tuple[str, str]]] = {
    "better": ("supports it", "support it"),
    "worse": ("contradicts it", "contradict it"),
    "equivalent": ("shows a negligible difference", "show a negligible difference"),
    "inconclusive": (
        "is inconclusive with this many seeds",
        "are inconclusive with this many seeds",
    ),
}


def evidence_sentences(
    question: Question, arms: Sequence[ArmEvidence], contrasts: Sequence[ContrastEvidence]
) -> list[str]:
    """What the contrasts show, and what that means for the claim; empty without contrasts."""
    if not contrasts:
        return []
    seeds = counted(min(len(arm.seeds) for arm in arms), "seed")
    if len(contrasts) == 1:
        sentences = [f"Over {seeds}: {contrast_sentence(contrasts[0], question)}"]
    else:
        sentences = [_summary(contrasts, question, seeds)]
    if question.claim:
        is_split = len({evidence.verdict for evidence in contrasts}) > 1
        sentences.append(
            f"The claim “{question.claim}”{':' if is_split else ' is'} {claim_sentence(contrasts)}."
        )
    return sentences


def contrast_sentence(evidence: ContrastEvidence, question: Question) -> str:
    """One contrast in a sentence, with what a reader must know to read it correctly."""
    metric, difference = question.metric, evidence.difference
    low, high = (
        format_number(limit, metric, signed=True) for limit in (difference.low, difference.high)
    )
    amounts = (
        f"{format_amount(difference.estimate, metric, signed=True)} in {metric} (95 % interval "
        f"{low} to {high}, p = {format_p(evidence.corrected_p)})".replace("= <", "<")
    )
    sentences = [f"“{evidence.contrast.arm}” {_finding(evidence, question)}: {amounts}."]
    if evidence.finding == "inconclusive" and evidence.detectable is not None:
        sentences.append(_power([evidence], question))
    if not evidence.is_paired:
        sentences.append("The two were not tested on the same items, so the interval is wider.")
    if "seeds" not in evidence.covers:
        sentences.append("This holds for these trained models; other seeds may differ.")
    return " ".join(sentences)


def claim_sentence(contrasts: Sequence[ContrastEvidence]) -> str:
    """The verdict on the claim if all contrasts agree; otherwise how many say what."""
    verdicts = {evidence.verdict for evidence in contrasts}
    if len(verdicts) == 1:
        return verdicts.pop()
    findings = [evidence.finding for evidence in contrasts]
    counts = {each: findings.count(each) for each in _MEANINGS if each in findings}
    parts = [f"{_word(count)} {_MEANINGS[each][count > 1]}" for each, count in counts.items()]
    first, _, rest = parts[0].partition(" ")
    noun = "comparison" if first == "one" else "comparisons"
    return "; ".join([f"{first} {noun} {rest}", *parts[1:]])


def search_sentence(search: SearchResult) -> str:
    """How a search went, in a sentence."""
    values = ", ".join(f"{path} {value:.4g}" for path, value in search.values.items())
    counts = {"pruned": search.pruned, "failed": search.failed}
    ends = ", ".join(f"{count} {end}" for end, count in counts.items() if count)
    return (
        f"{search.arm}: the best of {counted(search.trials, 'trial')}"
        f"{f' ({ends})' if ends else ''} has {values}, with a "
        f"validation accuracy of {format_share(search.valid_accuracy)}; only this one was tested"
    )


def format_detectable(evidence: ContrastEvidence, metric: str) -> str:
    """The smallest true difference found with 80 % power; a dash for a single seed."""
    return "-" if evidence.detectable is None else format_amount(evidence.detectable, metric)


def _finding(evidence: ContrastEvidence, question: Question) -> str:
    """What one contrast shows: `is better than “hard”`."""
    against = f"“{evidence.contrast.against}”"
    if evidence.finding in ("better", "worse"):
        return f"is {evidence.finding} than {against}"
    if evidence.finding == "equivalent":
        return f"is within {_limit(question)} of {against}"
    return f"is not shown to differ from {against}"


def _summary(contrasts: Sequence[ContrastEvidence], question: Question, seeds: str) -> str:
    """How many of several contrasts show what."""
    groups = {
        finding: [evidence for evidence in contrasts if evidence.finding == finding]
        for finding in _MEANINGS
    }
    inconclusive = groups.pop("inconclusive")
    parts = [_group(group, question, len(contrasts)) for group in groups.values() if group]
    if inconclusive:
        count = len(inconclusive)
        others = f"the other {_word(count)}" if parts else _of(count, count)
        parts.append(f"{others} {'is' if count == 1 else 'are'} inconclusive")
    number = _word(len(contrasts)).capitalize()
    sentence = f"{number} comparisons over {seeds}: {'; '.join(parts)}."
    is_known = any(evidence.detectable is not None for evidence in inconclusive)
    return f"{sentence} {_power(inconclusive, question)}" if is_known else sentence


def _group(group: Sequence[ContrastEvidence], question: Question, total: int) -> str:
    """What the contrasts with one finding show, where that is not inconclusive."""
    most = max(group, key=lambda evidence: abs(evidence.difference.estimate))
    arm, amount = f"“{most.contrast.arm}”", abs(most.difference.estimate)
    by = format_amount(amount, question.metric)
    if most.finding == "equivalent":
        if len(group) == 1:
            return f"{arm} {_finding(most, question)}"
        return f"in {_of(len(group), total)} the difference is below {_limit(question)}"
    if len(group) == 1:
        return f"{arm} {_finding(most, question)} by {by}"
    return (
        f"in {_of(len(group), total)} the arm is {most.finding}, by up to {by} "
        f"({arm} against “{most.contrast.against}”)"
    )


def _power(contrasts: Sequence[ContrastEvidence], question: Question) -> str:
    """The differences that would be found, in a sentence."""
    known = [evidence for evidence in contrasts if evidence.detectable is not None]
    limits = [_about(evidence.detectable or 0.0, question.metric) for evidence in known]
    span = "–".join(dict.fromkeys([min(limits, key=float), max(limits, key=float)]))
    unit = " points" if is_share(question.metric) else ""
    seeds = counted(min(len(evidence.by_seed) for evidence in known), "seed")
    return f"With {seeds}, only differences above about {span}{unit} would be found (80 % power)."


def _about(value: float, metric: str) -> str:
    return f"{100 * value:.{0 if value >= 0.1 else 1}f}" if is_share(metric) else f"{value:.2g}"


def _limit(question: Question) -> str:
    return format_amount(question.smallest_difference or 0.0, question.metric)


def _of(count: int, total: int) -> str:
    if count < total:
        return _word(count)
    return "both" if count == 2 else f"all {_word(count)}"


def _word(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)
