"""The kit's laws as tests of pytest, one for each plug-in and law."""

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

# What is asked after all laws: whether any was tried.
SOMETHING_WAS_CHECKED: Final = "nonempty-check"


def conformance_tests(
    plugins: str | Path,
    *,
    examples: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    effort: Effort = DEFAULT_EFFORT,
) -> Callable[..., None]:
    """A test function of every law for every plug-in that a module or file offers.

    Give it a name that begins with `test`: `test_conformance = conformance_tests("my_package")`.
    A law that says nothing of a plug-in is a skipped test with its reason, an expected failure one
    that is expected to fail; a plug-in of which nothing could be checked fails.

    Args:
        plugins: the module that an entry point names, one beneath it, or a Python file.
        examples: kind and name → settings to check with instead of those that the class declares:
            `{"source my-images": [{"path": "images"}]}`.

    Raises:
        PluginError: the plug-ins cannot be loaded, or there are none.
        SpecError: an example is not valid, or of no plug-in that is there.
    """
    # Only who runs tests has it.
    import pytest  # noqa: PLC0415

    found = plugins_of(plugins)
    given = dict(examples or {})
    subjects = [
        Subject.of(each, examples=given.pop(f"{each.kind} {each.name}", None)) for each in found
    ]
    if given:
        names = ", ".join(f"{each.kind} {each.name}" for each in found)
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
        PluginError: it cannot be loaded, or offers none.
    """
    name = str(plugins)
    found = [each for each in load_registry().all() if _is_from(each, name)]
    if not found:
        found = [each for each in load_registry([name]).all() if each.origin.plugin == name]
    if not found:
        raise PluginError(f"{name} offers no plug-in: have a hook of it return a list of classes")
    return found


def _is_from(registration: Registration, module: str) -> bool:
    where = registration.plugin.__module__
    return where == module or where.startswith(f"{module}.")


def _test_law(examination: Examination, law: str) -> None:
    import pytest  # noqa: PLC0415

    if law == SOMETHING_WAS_CHECKED:
        conformity = examination.conformity()
        if not conformity.was_checked:
            pytest.fail(
                f"{conformity.title}: nothing was checked: {conformity.summary()}", pytrace=False
            )
        return
    outcome = examination.outcome(law)
    message = f"{outcome.statement}\n{examination.subject.title}: {outcome.message}"
    if outcome.verdict == Verdict.SKIPPED:
        pytest.skip(outcome.message)
    if outcome.verdict == Verdict.EXPECTED_FAILURE:
        pytest.xfail(outcome.message)
    if outcome.verdict == Verdict.BROKEN:
        if outcome.case is not None:
            registration = examination.subject.registration
            message += (
                "\nseqreason check --case FILE reproduces it, with a file of these lines:\n\n"
            )
            message += reproduction_text(registration, outcome)
        pytest.fail(message, pytrace=False)
