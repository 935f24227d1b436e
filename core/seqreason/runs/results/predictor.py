"""Predicting with a finished cell's model: the next symbol of any frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from seqreason.assembly import ModelParts, SequenceModel, build_model, generator_of
from seqreason.errors import SpecError, StoreError, counted
from seqreason.interfaces import EnumerableGenerator, SequenceGenerator
from seqreason.registry import Registry
from seqreason.registry.provenance import source_digest
from seqreason.runs.store.cell_folder import CellFolder
from seqreason.spec import TrainingSpec
from seqreason.spec.loading import explained_errors, load_choice
from seqreason.structures.alphabet import Alphabet
from seqreason.structures.packing import Packing
from seqreason.training.devices import make_fabric

# The parts of a spec that make the model; its data may be missing by now.
_PARTS = ("generator", "encoder", "reasoner")
_FULL_INK = 255


@final
@dataclass(frozen=True)
class Guess:
    """A symbol and its probability according to the model."""

    symbol: str
    probability: float


@final
@dataclass(frozen=True)
class Prediction:
    """The symbol read in each frame, and all symbols that may follow, most probable first."""

    shown: tuple[Guess, ...]
    following: tuple[Guess, ...]


@final
@dataclass(frozen=True)
class Predictor:
    """The trained model of one cell.

    Attributes:
        frame_size: the height and width of the frames that it takes.
        notes: remarks for the user.
    """

    model: SequenceModel
    generator: SequenceGenerator
    alphabet: Alphabet
    frame_size: tuple[int, int]
    training: TrainingSpec
    notes: tuple[str, ...]

    @classmethod
    def of(cls, folder: CellFolder, registry: Registry) -> "Predictor":
        """The model in *folder*, which is of a finished cell.

        Raises:
            SpecError: one of its plug-ins is missing, or no longer has its settings.
            StoreError: the content of the folder is too old, damaged, or of another model.
        """
        identity = folder.identity()
        spec = identity["spec"]
        alphabet, frame_size = _kept_data(folder)
        choices = {
            kind: load_choice(kind, spec[kind], registry, where=str(folder.path)) for kind in _PARTS
        }
        generator = generator_of(choices["generator"], registry, alphabet_size=alphabet.size)
        parts = ModelParts(
            choices["encoder"], choices["reasoner"], spec["evaluation"].get("tta_degrees", (0.0,))
        )
        model = build_model(
            parts, registry, generator, alphabet_size=alphabet.size, frame_size=frame_size
        )
        _load_weights(model, folder)
        notes = _changes(identity["plugins"], spec, registry)
        # For the precision of the model.
        with explained_errors(f"{folder.path}: training"):
            training = TrainingSpec.model_validate(spec["training"])
        return cls(model, generator, alphabet, frame_size, training, notes)

    def predict(self, frames: NDArray[np.uint8]) -> Prediction:
        """The model's prediction for one sequence.

        Shapes:
            frames: (time, height, width), white ink on black

        Raises:
            SpecError: the reasoner cannot process this number of frames.
        """
        fabric = make_fabric(self.training)
        model = fabric.setup_module(self.model)
        model.eval()
        packing = Packing.of_lengths(np.array([len(frames)])).to(fabric.device)
        inputs = torch.from_numpy(frames)[:, None].to(fabric.device).float().div_(_FULL_INK)
        try:
            with torch.no_grad():
                perception, prediction = model(inputs, packing, None)
        except SpecError as error:
            raise SpecError(f"{counted(len(frames), 'image')}: {error}") from error
        shown = [self._guesses(row)[0] for row in perception]
        return Prediction(tuple(shown), tuple(self._guesses(prediction[-1])))

    def unusual_length(self, length: int) -> str:
        """A remark if the benchmark has no sequences of this length; otherwise empty."""
        if not isinstance(self.generator, EnumerableGenerator):
            return ""
        lengths = sorted(self.generator.length_probabilities())
        if length in lengths:
            return ""
        span = f"{lengths[0]}" + (f" to {lengths[-1]}" if len(lengths) > 1 else "")
        return f"images: {length}, but the benchmark has {span}; take the answer with care"

    def _guesses(self, logits: Tensor) -> list[Guess]:
        """Every symbol with its probability, most probable first."""
        shares = logits.cpu().double().softmax(dim=0)
        order = shares.argsort(descending=True, stable=True).tolist()
        return [Guess(self.alphabet.symbols[place], float(shares[place])) for place in order]


def _kept_data(folder: CellFolder) -> tuple[Alphabet, tuple[int, int]]:
    """The symbols and the size of frames that the cell was trained on."""
    result = folder.result() or {}
    facts = result.get("environment", {}).get("data", {})
    if "symbols" not in facts or "frame_size" not in facts:
        raise StoreError(
            f"{folder.path}: this cell is of an early version that did not store the symbols; "
            "delete it and run it again"
        )
    height, width = facts["frame_size"]
    return Alphabet(symbols=tuple(facts["symbols"])), (int(height), int(width))


def _load_weights(model: SequenceModel, folder: CellFolder) -> None:
    if not folder.weights.exists():
        raise StoreError(
            f"{folder.weights}: no such file; delete {folder.path} and run the cell again"
        )
    try:
        model.load_state_dict(load_file(folder.weights))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise StoreError(
            f"{folder.weights}: these are not the weights of the cell's model ({error}); delete "
            f"{folder.path} and run the cell again"
        ) from error


def _changes(
    recorded: Mapping[str, Mapping[str, str]], spec: Mapping[str, Any], registry: Registry
) -> tuple[str, ...]:
    """Which parts of the model have changed since its training."""
    names = [(kind, spec[kind]["kind"]) for kind in _PARTS]
    return tuple(
        f"{kind} {name} has changed since the cell was computed"
        for kind, name in names
        if recorded.get(f"{kind} {name}", {}).get("source")
        != source_digest(registry.find(kind, name).plugin)
    )
