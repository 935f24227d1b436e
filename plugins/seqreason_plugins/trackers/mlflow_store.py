"""Stores of MLflow: used silently, with a quick error when they cannot be reached."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from seqreason import SpecError
from seqreason.errors import StoreError

if TYPE_CHECKING:
    from mlflow import MlflowClient

_DATABASES: Final = ("mssql", "mysql", "postgresql", "sqlite")
_SECONDS_FOR_TABLES: Final = 120
# By default MLflow retries for minutes and reports its usage. Values that are set already stay.
_ENVIRONMENT: Final = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def opened_store(uri: str) -> "MlflowClient":
    """A client of the store at *uri*; an empty database gets its tables.

    Raises:
        SpecError: a package is missing.
        StoreError: the store cannot be reached.
    """
    with _environment():
        _check_packages()
    with reached(uri), _database_lock(uri):
        from mlflow import MlflowClient  # noqa: PLC0415  # takes a second, and may be missing

        return MlflowClient(tracking_uri=uri)


@contextmanager
def reached(uri: str) -> Iterator[None]:
    """Use the opened store at *uri* within the block.

    Raises:
        StoreError: the store cannot be reached.
    """
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    try:
        with _environment(), _silence():
            yield
    except (MlflowException, SQLAlchemyError, OSError, ImportError) as error:
        raise StoreError(
            f"the MLflow store {uri} cannot be used: {_reason(error)}; correct this and run the "
            "same command again, or leave out this tracker"
        ) from error


def _check_packages() -> None:
    try:
        # MLflow last: imported while SQLAlchemy is missing, it knows no databases ever after.
        for package in ("sqlalchemy", "alembic", "mlflow"):
            import_module(package)
    except ImportError as error:
        raise SpecError(
            f"needs the package {error.name}: pip install 'seqreason[mlflow]'"
        ) from error


def _reason(error: Exception) -> str:
    """The message of *error* in one line; for a failed request, the message of its cause."""
    lines = str(error).strip().splitlines()
    line = next((line for line in lines if not line.startswith("(raised as a result of")), "")
    cause = line.rpartition(" (Caused by ")[2]
    return (cause if cause == line else cause.removesuffix(")")).rstrip(".")


@contextmanager
def _environment() -> Iterator[None]:
    """Set the variables above within the block, unless they are set already."""
    added = _ENVIRONMENT.keys() - os.environ.keys()
    os.environ.update({name: _ENVIRONMENT[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextmanager
def _silence() -> Iterator[None]:
    """Silence warnings and MLflow's log; an error is also an exception."""
    logger = logging.getLogger("mlflow")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _database_lock(uri: str) -> Iterator[None]:
    """If *uri* is a database, check that it can be reached; lock it if it is a file.

    MLflow would retry for 100 seconds. Two processes that make the tables of one file at the
    same time fail, and leave half of the tables.
    """
    if not uri.startswith(_DATABASES):
        yield
        return
    from sqlalchemy import create_engine  # noqa: PLC0415

    engine = create_engine(uri)
    lock: AbstractContextManager[object] = nullcontext()
    if engine.dialect.name == "sqlite" and engine.url.database:
        lock = FileLock(f"{engine.url.database}.lock", timeout=_SECONDS_FOR_TABLES)
    with lock:
        engine.connect().close()
        engine.dispose()
        yield
