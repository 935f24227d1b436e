"""A virtual environment like that of a user: the built wheel, and the packages that it needs.

Large packages (torch, …) come from the running environment by a path file. The project's own
sources do not: an editable installation is a path file too, and Python does not read path files
of a folder that another path file names.
"""

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "seqreason-patches"


class FreshEnvironment:
    """A virtual environment in *folder* with the wheels of *projects* only."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wheels = folder / "environment", folder / "wheels"
        self.bin = self.folder / ("Scripts" if os.name == "nt" else "bin")

    def fill(self, projects: Sequence[Path]) -> None:
        """Make it, build the wheels of *projects*, and install them."""
        venv.create(self.folder, with_pip=True)
        self._borrow()
        built = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", self.wheels]
        for project in projects:
            self._pip(*built, project)
        wheels = self.wheels.glob("*.whl")
        self._pip("--python", self.bin / "python", "install", "--no-deps", *wheels)

    def run(self, program: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """The result of *program* of the environment in *cwd*; the caller checks its exit code."""
        return self._call(self.bin / program, *arguments, cwd=cwd)

    def _borrow(self) -> None:
        """Put the packages of the running environment behind those of this one."""
        (packages,) = self.folder.glob("[Ll]ib/**/site-packages")
        lent = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
        (packages / "borrowed.pth").write_text("\n".join(lent))

    def _pip(self, *arguments: object) -> None:
        quiet = ("-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check")
        result = self._call(Path(sys.executable), *quiet, *arguments, cwd=self.folder)
        assert result.returncode == 0, result.stderr

    @staticmethod
    def _call(program: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        # A user does not have the path of this process.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        return subprocess.run(
            [str(program), *map(str, arguments)],
            cwd=cwd,
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


def make(folder: Path) -> FreshEnvironment:
    """The environment with seqreason and the example package; made by the first who asks."""
    folder.mkdir(exist_ok=True)
    environment, is_filled = FreshEnvironment(folder), folder / "filled"
    with FileLock(folder / "lock"):
        if not is_filled.exists():
            environment.fill([ROOT, EXAMPLE])
            is_filled.touch()
    return environment
