"""The spec of a benchmark: one declared experiment."""

from typing import Annotated, Any, Final, Literal, final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from seqreason.spec.choice import OfKind, PluginChoice
from seqreason.structures.glyphs import Split
from seqreason.structures.setting_errors import moved
from seqreason.structures.settings import Settings

NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]*$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Count = Annotated[int, Field(ge=1)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Seed = Annotated[int, Field(ge=0, lt=2**64)]


@final
class LossSpec(Settings):
    """The loss policy: the objective, the labels and weights of both stages, and the forcing.

    The total is the weighted sum of the mean losses of the perception and the prediction stage.
    """

    objective: Annotated[PluginChoice, OfKind("objective")] = Field(
        description="the distance of logits from their targets"
    )
    perception: Annotated[PluginChoice, OfKind("labels")] = Field(
        description="labels of the stage that reads the shown symbol"
    )
    prediction: Annotated[PluginChoice, OfKind("labels")] = Field(
        description="labels of the stage that predicts the next symbol"
    )
    forcing: Annotated[PluginChoice, OfKind("forcing")] = Field(
        description="how often the prediction stage is fed true symbols in training"
    )
    perception_weight: float = Field(
        0.5, ge=0, description="weight of the perception stage's loss in the total"
    )
    prediction_weight: float = Field(
        0.5, ge=0, description="weight of the prediction stage's loss in the total"
    )
    prediction_positions: Literal["all", "last"] = Field(
        "all", description="positions at which the prediction stage has a loss"
    )

    @model_validator(mode="after")
    def _something_is_learnt(self) -> "LossSpec":
        if not self.perception_weight + self.prediction_weight:
            raise ValueError(
                "perception_weight and prediction_weight are both 0: the model would learn nothing"
            )
        if self.prediction_positions != "all" and not self.prediction_weight:
            raise ValueError("prediction_positions has no effect while prediction_weight is 0")
        return self


@final
class TrainingSpec(Settings):
    """How the model is trained: Adam over a fixed set of training examples."""

    examples: Count = Field(50_000, description="number of distinct training sequences")
    epochs: Count = Field(4, description="number of times that each of them is used")
    batch_size: Count = Field(40, description="sequences per training step, over all devices")
    learning_rate: float = Field(0.001, gt=0, description="Adam's step size at its peak")
    schedule: Literal["cosine", "constant"] = Field(
        "cosine", description="the learning rate after warm-up: it falls to 0, or stays"
    )
    warmup_fraction: float = Field(
        0.1, ge=0, lt=1, description="share of the steps in which the learning rate rises"
    )
    max_grad_norm: float | None = Field(
        1.0, gt=0, description="largest norm of the gradient; null: no limit"
    )
    ema_decay: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="decay of the moving average of the weights, which is then tested; 0: none",
    )
    augmentation: dict[str, Any] = Field(
        default_factory=dict,
        description="settings of the generator that differ in training, such as rotation_degrees",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto: bfloat16 autocast if the processor has it"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="where training runs; auto: an accelerator if there is one"
    )
    validate_steps: Count | None = Field(
        None, description="steps from one validation to the next; null: validate after every epoch"
    )
    select: Literal["best", "last"] = Field(
        "best", description="keep the weights with the best valid_accuracy, or the last"
    )
    checkpoint_steps: Count = Field(
        500, description="steps from one checkpoint to the next; each validation saves one too"
    )

    @property
    def steps_per_epoch(self) -> int:
        """Training steps in one epoch; the last step may have fewer sequences."""
        return -(-self.examples // self.batch_size)

    @property
    def num_steps(self) -> int:
        """Training steps in all."""
        return self.steps_per_epoch * self.epochs

    @property
    def steps_between_validations(self) -> int:
        """Training steps from one validation to the next; the last may come sooner."""
        return self.validate_steps or self.steps_per_epoch


@final
class Shift(BaseModel):
    """One shifted test: changed settings of the generator, or another source, or both.

    `{lengths: [9, 12]}` and `{rotation_degrees: 30, source: {kind: image-folder, path: mine}}` are
    shifts. The keys beside `source` are settings of the generator, and are checked as such.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    source: Annotated[PluginChoice, OfKind("source")] | None = Field(
        None, description="the source of the test glyphs; null: the source of the benchmark"
    )

    @property
    def changes(self) -> dict[str, Any]:
        """The changed settings of the generator."""
        return dict(self.model_extra or {})


@final
class EvaluationSpec(Settings):
    """The numbers of evaluated sequences, and the shifted tests."""

    examples: Count = Field(10_000, description="test sequences, also of each shift")
    valid_examples: Count = Field(2_000, description="sequences per validation")
    train_examples: Count = Field(2_000, description="most training sequences that are scored")
    batch_size: Count = Field(500, description="sequences per evaluation step")
    tta_degrees: tuple[Degrees, ...] = Field(
        (0.0,),
        min_length=1,
        description="angles by which each frame is turned; the mean of their features is used",
    )
    shifted: dict[Name, Shift] = Field(
        default_factory=dict,
        description="named shifted tests: settings of the generator, or a source, that differ",
    )

    @field_validator("shifted")
    @classmethod
    def _shifts_are_not_named_as_splits(cls, shifted: dict[str, Any]) -> dict[str, Any]:
        for split in Split:
            if split.label in shifted:
                raise ValueError(f"{split.label} is the name of a split: rename the shift")
        return shifted


@final
class ResourceSpec(Settings):
    """The share of the machine that each cell uses; it is no part of a cell's identity."""

    cpus: Annotated[int, Field(ge=1)] | None = Field(
        None, description="processor cores and threads of each cell; null: divided evenly"
    )
    gpus: float = Field(
        0, ge=0, description="GPUs of each cell, if the executor assigns them; 0.5: two share one"
    )


@final
class BenchmarkSpec(Settings):
    """One declared experiment: data, model, loss, training, evaluation and seeds."""

    benchmark: Name = Field(description="the benchmark's name")
    source: Annotated[PluginChoice, OfKind("source")] = Field(
        description="the source of the images of symbols"
    )
    generator: Annotated[PluginChoice, OfKind("generator")] = Field(description="the hidden rule")
    encoder: Annotated[PluginChoice, OfKind("encoder")] = Field(
        description="from frames to features"
    )
    reasoner: Annotated[PluginChoice, OfKind("reasoner")] = Field(
        description="from features to the shown and the next symbol"
    )
    loss: LossSpec = Field(description="labels, objective and forcing")
    training: TrainingSpec = Field(TrainingSpec(), description="how it is trained")
    evaluation: EvaluationSpec = Field(EvaluationSpec(), description="how it is evaluated")
    seeds: tuple[Seed, ...] = Field((0,), min_length=1, description="one cell is run for each seed")
    resources: ResourceSpec = Field(ResourceSpec(), description="the machine's share of each cell")

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds):
            raise ValueError("a seed occurs twice; list each seed once")
        return seeds

    @model_validator(mode="after")
    def _changes_fit_the_generator(self) -> "BenchmarkSpec":
        self._check_changes(self.training.augmentation, ("training", "augmentation"))
        for name, shift in self.evaluation.shifted.items():
            self._check_changes(shift.changes, ("evaluation", "shifted", name))
        return self

    def _check_changes(self, changes: dict[str, Any], path: tuple[str, ...]) -> None:
        try:
            self.generator.changed(changes)
        except ValidationError as error:
            faults = moved("shift", error, *path)
            raise ValidationError.from_exception_data("generator", faults) from error

    def training_generator(self) -> PluginChoice:
        """The generator of the training examples, with their augmentation."""
        return self.generator.changed(self.training.augmentation)

    def shifted_generators(self) -> dict[str, PluginChoice]:
        """The generator of each shifted test, by the test's name."""
        shifted = self.evaluation.shifted.items()
        return {name: self.generator.changed(shift.changes) for name, shift in shifted}

    def shifted_sources(self) -> dict[str, PluginChoice]:
        """The source of each shifted test that has its own, by the test's name."""
        shifted = self.evaluation.shifted.items()
        return {name: shift.source for name, shift in shifted if shift.source is not None}
