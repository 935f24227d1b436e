"""Imports that wait until a command runs, so that `--help` answers at once.

    with lazy_imports():
        from seqreason.runs import Store

    @when_run
    def results_command(...) -> None:
        store = Store(...)

The block only notes its imports. The first call of a decorated function carries out those of its
module. Type checkers and linters see ordinary imports. Python 3.15 has this in the language, as
`lazy from seqreason.runs import Store` (PEP 810).
"""

import builtins
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar, final

P = ParamSpec("P")
R = TypeVar("R")


@final
@dataclass(frozen=True)
class _Waiting:
    """What a name is bound to until it is imported."""

    module: str
    name: str

    def imported(self) -> Any:
        return getattr(__import__(self.module, fromlist=[self.name]), self.name)


@contextmanager
def lazy_imports() -> Iterator[None]:
    """Within the block, `from … import …` imports nothing yet."""

    def note(name: str, *given: Any, **_: Any) -> Any:
        imported = given[2]
        assert imported, f"`import {name}` cannot wait: write `from {name} import …`"
        return SimpleNamespace(**{each: _Waiting(name, each) for each in imported})

    ordinary = builtins.__import__
    builtins.__import__ = note
    try:
        yield
    finally:
        builtins.__import__ = ordinary


def when_run(function: Callable[P, R]) -> Callable[P, R]:
    """*function*, each call of which begins with what its module has yet to import."""

    @wraps(function)
    def importing(*args: P.args, **kwargs: P.kwargs) -> R:
        names = vars(sys.modules[function.__module__])
        names |= {
            name: value.imported() for name, value in names.items() if isinstance(value, _Waiting)
        }
        return function(*args, **kwargs)

    return importing
