"""Fixtures that all tests share, and the profile that hypothesis runs with.

Tests run in a few processes at a time (`addopts` in pyproject.toml); `-n0` runs them in this one.
"""

import importlib
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before torch is loaded, and for the processes that tests start: workers share the cores among
# them, and what tests compute is too small to be shared out further.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import hypothesis
import numpy as np
import pytest

from seqreason.evaluation import Certainty, Scores
from seqreason.registry import Registry, load_registry
from seqreason.structures.alphabet import LATIN
from seqreason.structures.glyphs import Glyphs

hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, max_examples=50, print_blob=True
)
hypothesis.settings.load_profile("ci")

HERE = Path(__file__).parent
SHARED_DATA = HERE.parent.parent / "shared" / "data"
TINY_PLUGINS = HERE / "tiny_plugins.py"
TWO_LAYERS = HERE / "two_layers.py"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    skip_slow = pytest.mark.skip(reason="takes minutes: run with --slow")
    for item in items:
        if "slow" in item.keywords and not config.getoption("--slow"):
            item.add_marker(skip_slow)
        if "real_data" in item.keywords and not SHARED_DATA.exists():
            item.add_marker(pytest.mark.skip(reason=f"no handwriting sets at {SHARED_DATA}"))


@pytest.fixture(scope="session", autouse=True)
def cache_of_this_session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of the tests' own, so that they neither read nor fill the user's."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["SEQREASON_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The built-in plug-ins and the tests' tiny source."""
    return load_registry([str(TINY_PLUGINS)])


@pytest.fixture(scope="session")
def tiny_plugins() -> str:
    """The tests' own plug-ins, as `--plugin` takes them."""
    return str(TINY_PLUGINS)


@pytest.fixture(scope="session")
def two_layers() -> Path:
    """The file of a plug-in without a fault."""
    return TWO_LAYERS


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Installs `two_layers.py` with some changes as a distribution, for the length of a test."""
    site, before = tmp_path / "site", set(sys.modules)
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def install(
        *changes: tuple[str, str],
        module: str = "tiny_parts",
        name: str = "tiny-parts",
        entries: str = "",
    ) -> Path:
        code = TWO_LAYERS.read_text(encoding="utf-8")
        for before, after in changes:
            assert before in code
            code = code.replace(before, after)
        path, info = site / f"{module}.py", site / f"{name.replace('-', '_')}-1.0.dist-info"
        path.write_text(code, encoding="utf-8")
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = f"[seqreason]\n{entries or f'mine = {module}'}\n"
        (info / "entry_points.txt").write_text(lines)
        importlib.invalidate_caches()
        return path

    yield install
    for left in set(sys.modules) - before:
        if str(site) in str(getattr(sys.modules[left], "__file__", "")):
            del sys.modules[left]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this session that all its processes share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def make_environment() -> Callable[[Path], Any]:
    """Makes a virtual environment with the built wheels of seqreason and of the example package.

    `make_environment(folder).run("seqreason", "plugins", cwd=tmp_path)`; for tests marked slow.
    """
    return runpy.run_path(str(HERE / "fresh_environment.py"))["make"]


@pytest.fixture(scope="session")
def fresh_environment(make_environment: Callable[[Path], Any], shared_folder: Path) -> Any:
    """Such an environment, which all tests share: they install nothing there."""
    return make_environment(shared_folder / "fresh")


@pytest.fixture
def letters_file() -> Path:
    """The real handwriting of `ocr-letters`; for tests marked real_data."""
    return SHARED_DATA / "letter.data.gz"


@pytest.fixture
def glyphs() -> Glyphs:
    """Three distinct 8×8 glyphs a symbol and split."""
    count = 26 * 9
    images = np.zeros((count, 8, 8), dtype=np.uint8)
    images[:, 0, 0] = np.arange(count) % 256
    images[:, 0, 1] = np.arange(count) // 256
    images[:, 1, 2] = 200
    labels = np.arange(count, dtype=np.int64) % 26
    splits = (np.arange(count) // 26 % 3).astype(np.uint8)
    return Glyphs(images, labels, splits, LATIN)


@pytest.fixture
def make_data() -> Callable[..., dict[str, Any]]:
    """Makes the plain data of a benchmark that trains in a second or two."""

    def make(**changes: Any) -> dict[str, Any]:
        return {
            "benchmark": "tiny",
            "source": {"kind": "dots"},
            "generator": {"kind": "normal"},
            "encoder": {"kind": "residual-cnn", "channels": [4], "features": 16},
            "reasoner": {"kind": "recurrent", "hidden": 16, "layers": 1},
            "loss": {
                "objective": {"kind": "mse"},
                "perception": {"kind": "hard"},
                "prediction": {"kind": "smoothed", "smoothing": 0.2},
                "forcing": {"kind": "teacher"},
            },
            "training": {"examples": 60, "epochs": 2, "batch_size": 20, "precision": "float32"},
            "evaluation": {"examples": 40, "valid_examples": 20, "train_examples": 20},
            **changes,
        }

    return make


@pytest.fixture
def spec_file(tmp_path: Path, make_data: Callable[..., dict[str, Any]]) -> Path:
    """That benchmark as a file."""
    import yaml

    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(make_data(), sort_keys=False), encoding="utf-8")
    return path


def _certainty(count: int, **changes: Any) -> Certainty:
    values = {
        "confidences": np.ones(count),
        "is_right": np.ones(count, dtype=bool),
        "log_probs": np.zeros(count),
        "squared_errors": np.zeros(count),
    }
    return Certainty(**{**values, **changes})


def _scores(**changes: Any) -> Scores:
    values: dict[str, Any] = {
        "lengths": np.array([2, 2, 3, 3]),
        "targets": np.array([0, 1, 1, 2]),
        "predictions": np.array([0, 0, 1, 2]),
        "symbols": np.array([[2, 1, -1], [3, 2, -1], [3, 2, 1], [4, 3, 2]]),
        "perceived": np.array([[2, 1, -1], [3, 2, -1], [3, 2, 1], [4, 3, 2]]),
        "answers": _certainty(4),
        "perception": _certainty(10),
        "facts": {"difference": np.array([-1, 1, 1, 1])},
        "perception_loss": 0.0,
        "prediction_loss": 0.0,
        "prediction_accuracy": 1.0,
    }
    return Scores(**{**values, **changes})


@pytest.fixture
def make_certainty() -> Callable[..., Certainty]:
    """Certainties of right and sure answers, except for the given values."""
    return _certainty


@pytest.fixture
def make_scores() -> Callable[..., Scores]:
    """Scores of four sequences, of which the second is answered wrongly, but for what is given."""
    return _scores
