"""From a file, a name or a mapping to a checked spec."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from seqreason.errors import SpecError
from seqreason.registry import Registry
from seqreason.spec.benchmark import BenchmarkSpec
from seqreason.spec.choice import OfKind, PluginChoice
from seqreason.spec.files import kind_of, read_spec
from seqreason.spec.overrides import apply_changes, parse_overrides
from seqreason.structures.setting_errors import described, explain


def load_benchmark(
    spec: str | Path | Mapping[str, Any],
    registry: Registry,
    *,
    overrides: Iterable[str] = (),
    notes: list[str] | None = None,
) -> BenchmarkSpec:
    """The checked spec of a benchmark, from a file, a packaged name or plain data.

    Args:
        notes: a list to which the settings that an override drops are added.

    Raises:
        SpecError: it cannot be found or read, or a setting in it is wrong.
    """
    where, data = read_spec(spec)
    kind = kind_of(data)
    if kind != "benchmark":
        raise SpecError(
            f"{where}: this is a whole {kind}, and only one benchmark is accepted here; give one "
            "of the benchmarks that it names, or use `seqreason run` or `seqreason compare`"
        )
    dropped = apply_changes(data, parse_overrides(overrides))
    if notes is not None:
        notes.extend(dropped)
    return check_benchmark(data, registry, where=where)


def check_benchmark(data: Mapping[str, Any], registry: Registry, *, where: str) -> BenchmarkSpec:
    """The checked spec of a benchmark from its plain data; *where* begins messages.

    Raises:
        SpecError: a setting in it is wrong.
    """
    with explained_errors(where):
        return BenchmarkSpec.model_validate(data, context=registry)


def check_base(data: Mapping[str, Any], registry: Registry, *, where: str) -> None:
    """Check the parts of a benchmark that arms complete and change.

    Only this function reads a part that all arms replace. It does not report a missing part, or two
    parts that do not fit together: an arm may correct both.

    Raises:
        SpecError: a key or a name in it is unknown, or a value is of another form.
    """
    try:
        BenchmarkSpec.model_validate(data, context=registry)
    except ValidationError as error:
        faults = [fault for fault in error.errors(include_url=False) if not _is_left_open(fault)]
        if faults:
            lines = "\n".join(f"{where}: {line}" for line in described(faults))
            raise SpecError(lines) from error


def _is_left_open(fault: Any) -> bool:
    """Whether an arm may correct it: a missing part, or two that do not fit together."""
    place, given = fault["loc"], fault["input"]
    if given is None and len(place) == 1:
        part = BenchmarkSpec.model_fields.get(place[0])
        return part is not None and part.is_required()
    if fault["type"] == "no_kind":
        return isinstance(given, dict) and "kind" not in given
    return fault["type"] in ("missing", "shift") or (
        fault["type"] == "value_error" and isinstance(given, dict)
    )


def load_choice(
    kind: str, data: Mapping[str, Any], registry: Registry, *, where: str
) -> PluginChoice:
    """The checked choice of a plug-in of *kind* outside a spec, from its name and settings.

    Args:
        data: as in a spec file, with the name under the key `kind`.
        where: begins the message.

    Raises:
        SpecError: there is no such plug-in, or a setting of it is wrong.
    """
    choices: TypeAdapter[PluginChoice] = TypeAdapter(Annotated[PluginChoice, OfKind(kind)])
    with explained_errors(where):
        return choices.validate_python(dict(data), context=registry)


@contextmanager
def explained_errors(where: str) -> Iterator[None]:
    """Turn the faults that pydantic finds into a `SpecError`; *where* begins its lines."""
    try:
        yield
    except ValidationError as error:
        raise SpecError(explain(error, where=where)) from error
