"""Progress of a run: live bars on a terminal, one line per epoch elsewhere."""

from collections.abc import Mapping
from datetime import timedelta
from time import perf_counter
from typing import final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from seqreason.runs import Cell, CellResult
from seqreason.spec import TrainingSpec
from seqreason.spec.metrics import format_share as percent


@final
class ProgressBars:
    """An observer that shows bars within `with observer.progress`, and prints lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[message]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._cells = (0, 1)
        self._tasks: dict[str, TaskID] = {}
        self._first: dict[str, tuple[float, int]] = {}

    def preparing(self, done: int, total: int) -> None:
        """Show how many glyphs are ready."""
        self._show("glyphs", done, total, "")
        if done == total:
            self._remove("glyphs")

    def noted(self, message: str) -> None:
        """Print the note."""
        self._console.print(message, style="yellow", markup=False, soft_wrap=True)

    def planned(self, done: int, total: int) -> None:
        """Show how many of several cells are finished."""
        self._cells = (done, total)
        if total > 1:
            self._show_cells()
            if done:
                self._console.print(f"{done} of {total} cells are finished", markup=False)

    def started(self, cell: Cell, step: int) -> None:
        """Print that a cell resumes or, where there are no bars, that it begins."""
        if step:
            message = f"{cell.title}: resuming at step {step} of {cell.spec.training.num_steps}"
            self._console.print(message, markup=False)
        elif not self._console.is_terminal:
            self._console.print(f"{cell.title}: training", markup=False)

    def measured(self, cell: Cell, step: int, metrics: Mapping[str, float]) -> None:
        """Move the bar of the cell; print a line after each validation."""
        if "loss" in metrics:
            message = self._loss_and_speed(cell, step, metrics)
            self._show(cell.title, step, cell.spec.training.num_steps, message)
        else:
            self._console.print(
                f"{cell.title}: {_place(cell.spec.training, step)}, valid accuracy "
                f"{percent(metrics['valid_accuracy'])}, perception "
                f"{percent(metrics['valid_perception_accuracy'])}",
                markup=False,
            )
        if step == cell.spec.training.num_steps:
            self._show(cell.title, step, step, "testing")

    def ended(self, cell: Cell, result: CellResult) -> None:
        """Remove the bar of the cell, and print how it ended."""
        self._remove(cell.title)
        self._first.pop(cell.title, None)
        accuracy = result.metrics.get("test_accuracy")
        message = result.status if accuracy is None else f"test accuracy {percent(accuracy)}"
        done, total = self._cells
        if total > 1:
            self._cells = (done + 1, total)
            message += f" ({done + 1} of {total} cells)"
            self._show_cells()
        self._console.print(f"{cell.title}: {message}", markup=False)

    def _show_cells(self) -> None:
        """Show one bar for the whole run."""
        done, total = self._cells
        if self._console.is_terminal:
            self._show("cells", done, total, f"{done} of {total}")

    def _remove(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            self.progress.remove_task(task)

    def _show(self, name: str, done: int, total: int, message: str) -> None:
        if name not in self._tasks:
            self._tasks[name] = self.progress.add_task(name, total=total, message=message)
        self.progress.update(self._tasks[name], completed=done, message=message)

    def _loss_and_speed(self, cell: Cell, step: int, metrics: Mapping[str, float]) -> str:
        """The loss and accuracies of the batch, sequences per second, and the time left."""
        spec = cell.spec.training
        now = perf_counter()
        start, first_step = self._first.setdefault(cell.title, (now, step))
        per_second = (step - first_step) / (now - start) if step > first_step else 0.0
        message = (
            f"loss {metrics['loss']:.5f}  perception "
            f"{percent(metrics['batch_perception_accuracy'], places=1)}  next "
            f"{percent(metrics['batch_last_accuracy'], places=1)}"
        )
        if not per_second:
            return message
        left = timedelta(seconds=round((spec.num_steps - step) / per_second))
        return f"{message}  {per_second * spec.batch_size:.0f} sequences/s  {left} left"


def _place(spec: TrainingSpec, step: int) -> str:
    """The progress of training: `epoch 2 of 4`, or within an epoch `step 500 of 2500`."""
    epoch, into_epoch = divmod(step, spec.steps_per_epoch)
    return f"step {step} of {spec.num_steps}" if into_epoch else f"epoch {epoch} of {spec.epochs}"
