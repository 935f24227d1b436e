"""The kit's laws as pytest tests, one for each plug-in and law."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from seqreason.errors import PluginError, SpecError
from seqreason.registry import Registration, load_registry
from seqreason.testing.checking import DEFAULT_EFFORT, Examination
from seqreason.testing.outcome import Verdict
from seqreason.testing.reproducing import reproduction_text
from seqreason.testing.subject import Subject
from seqreason.testing.trying import Effort

# The last test of each plug-in: whether any law could be tried.
SOMETHING_WAS_CHECKED: Final = "nonempty-check"


def conformance_tests(
    plugins: str | Path,
    *,
    examples: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    effort: Effort = DEFAULT_EFFORT,
) -> Callable[..., None]:
    """A test function that tries every law on every plug-in of a module or file.

    Assign it to a name that begins with `test`:
    `test_conformance = conformance_tests("my_package")`.
    A law that does not apply is a skipped test; an expected failure is an `xfail`. The last test
    of a plug-in fails if none of its laws could be tried.

    Args:
        plugins: the module of an entry point, a module inside it, or a Python file.
        examples: settings to check with instead of those that the class declares, by kind and
            name: `{"source my-images": [{"path": "images"}]}`.

    Raises:
        PluginError: the plug-ins cannot be loaded, or the module offers none.
        SpecError: an example is not valid, or names a plug-in that the module does not offer.
    """
    # Only those who run tests have it installed.
    import pytest  # noqa: PLC0415

    offered = plugins_of(plugins)
    given = dict(examples or {})
    subjects = [
        Subject.of(each, examples=given.pop(f"{each.kind} {each.name}", None)) for each in offered
    ]
    if given:
        names = ", ".join(subject.title for subject in subjects)
        raise SpecError(f"examples for {', '.join(given)}, but {plugins} offers {names}")
    examinations = {subject.title: Examination(subject, effort) for subject in subjects}
    tests = [
        pytest.param(title, law, id=f"{title.replace(' ', '-')}-{law}")
        for title, examination in examinations.items()
        for law in (*examination.names, SOMETHING_WAS_CHECKED)
    ]

    @pytest.mark.parametrize(("plugin", "law"), tests)
    def test(plugin: str, law: str) -> None:
        _test_law(examinations[plugin], law)

    return test


def plugins_of(plugins: str | Path) -> list[Registration]:
    """The plug-ins that a module or file offers, installed or not.

    Raises:
        PluginError: it cannot be loaded, or offers no plug-in.
    """
    name = str(plugins)
    offered = [each for each in load_registry().all() if _is_from(each, name)]
    if not offered:
        offered = [each for each in load_registry([name]).all() if each.origin.plugin == name]
    if not offered:
        raise PluginError(f"{name} offers no plug-in: return a list of classes from a hook")
    return offered


def _is_from(registration: Registration, module: str) -> bool:
    return f"{registration.plugin.__module__}.".startswith(f"{module}.")


def _test_law(examination: Examination, law: str) -> None:
    import pytest  # noqa: PLC0415

    if law == SOMETHING_WAS_CHECKED:
        conformity = examination.conformity()
        if not conformity.was_checked:
            message = f"{conformity.title}: no law could be checked: {conformity.summary()}"
            pytest.fail(message, pytrace=False)
        return
    outcome = examination.outcome(law)
    message = f"{outcome.statement}\n{examination.subject.title}: {outcome.message}"
    if outcome.verdict == Verdict.SKIPPED:
        pytest.skip(outcome.message)
    if outcome.verdict == Verdict.EXPECTED_FAILURE:
        pytest.xfail(outcome.message)
    if outcome.verdict == Verdict.BROKEN:
        if outcome.case is not None:
            lines = reproduction_text(examination.subject.registration, outcome)
            message += (
                f"\nTo reproduce it, save these lines for seqreason check --case FILE:\n\n{lines}"
            )
        pytest.fail(message, pytrace=False)
