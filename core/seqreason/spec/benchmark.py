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
    """The loss policy: objective, labels and weight of both stages, forcing.

    The total is the weighted sum of the perception stage's and the prediction stage's mean loss.
    """

    objective: Annotated[PluginChoice, OfKind("objective")] = Field(
        description="how far logits are from their targets"
    )
    perception: Annotated[PluginChoice, OfKind("labels")] = Field(
        description="labels of the stage that names what is shown"
    )
    prediction: Annotated[PluginChoice, OfKind("labels")] = Field(
        description="labels of the stage that names what comes next"
    )
    forcing: Annotated[PluginChoice, OfKind("forcing")] = Field(
        description="how often the prediction stage is fed the truth in training"
    )
    perception_weight: float = Field(
        0.5, ge=0, description="what the perception stage's loss counts in the total"
    )
    prediction_weight: float = Field(
        0.5, ge=0, description="what the prediction stage's loss counts in the total"
    )
    prediction_positions: Literal["all", "last"] = Field(
        "all", description="positions at which the prediction stage has a loss"
    )

    @model_validator(mode="after")
    def _something_is_learnt(self) -> "LossSpec":
        if not self.perception_weight + self.prediction_weight:
            raise ValueError(
                "perception_weight and prediction_weight are both 0: nothing is learnt"
            )
        if self.prediction_positions != "all" and not self.prediction_weight:
            raise ValueError("prediction_positions has no effect while prediction_weight is 0")
        return self


@final
class TrainingSpec(Settings):
    """How the model is trained: Adam over a fixed set of training examples."""

    examples: Count = Field(50_000, description="how many distinct training sequences there are")
    epochs: Count = Field(4, description="how many times each of them is seen")
    batch_size: Count = Field(40, description="sequences a training step, over all devices")
    learning_rate: float = Field(0.001, gt=0, description="Adam's step size at its peak")
    schedule: Literal["cosine", "constant"] = Field(
        "cosine", description="the learning rate after warm-up: falling to 0, or staying"
    )
    warmup_fraction: float = Field(
        0.1, ge=0, lt=1, description="share of the steps in which the learning rate rises"
    )
    max_grad_norm: float | None = Field(
        1.0, gt=0, description="largest norm of the gradient; null to leave it alone"
    )
    ema_decay: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="decay of the weights' moving average, which is then what is tested; 0: none",
    )
    augmentation: dict[str, Any] = Field(
        default_factory=dict,
        description="settings of the generator that differ in training, such as rotation_degrees",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto: bfloat16 autocast where the processor has it"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="where training runs; auto: an accelerator where there is one"
    )
    validate_steps: Count | None = Field(
        None, description="validate every so many steps and at the end; null: after every epoch"
    )
    select: Literal["best", "last"] = Field(
        "best", description="keep the weights with the best valid_accuracy, or the last"
    )
    checkpoint_steps: Count = Field(
        500, description="save a checkpoint every so many steps, and after every validation"
    )

    @property
    def steps_per_epoch(self) -> int:
        """Training steps in one epoch; the last one may be short."""
        return -(-self.examples // self.batch_size)

    @property
    def num_steps(self) -> int:
        """Training steps in all."""
        return self.steps_per_epoch * self.epochs

    @property
    def steps_between_validations(self) -> int:
        """Training steps from one validation to the next; the last stretch may be short."""
        return self.validate_steps or self.steps_per_epoch


@final
class Shift(BaseModel):
    """One shifted test: settings of the generator, and another source if wanted.

    `{lengths: [9, 12]}` and `{rotation_degrees: 30, source: {kind: image-folder, path: mine}}` are
    shifts. The keys beside `source` are the generator's own, and are checked as such.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    source: Annotated[PluginChoice, OfKind("source")] | None = Field(
        None, description="where the test glyphs come from instead; null: the same source"
    )

    @property
    def changes(self) -> dict[str, Any]:
        """The generator's settings that differ."""
        return dict(self.model_extra or {})


@final
class EvaluationSpec(Settings):
    """How much is evaluated, and on what beside the generator's own sequences."""

    examples: Count = Field(10_000, description="test sequences, and as many for each shift")
    valid_examples: Count = Field(2_000, description="sequences of each validation")
    train_examples: Count = Field(2_000, description="training sequences that are scored, at most")
    batch_size: Count = Field(500, description="sequences a step of evaluation")
    tta_degrees: tuple[Degrees, ...] = Field(
        (0.0,),
        min_length=1,
        description="angles from which each frame is looked at, whose features are averaged",
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
                raise ValueError(f"{split.label} is a split's own name; call the shift otherwise")
        return shifted


@final
class ResourceSpec(Settings):
    """What each cell takes of the machine that computes it; no part of a cell's identity."""

    cpus: Annotated[int, Field(ge=1)] | None = Field(
        None, description="processor cores (and threads) of each cell; null: they are shared out"
    )
    gpus: float = Field(
        0, ge=0, description="GPUs of each cell, where the executor gives them out; 0.5: two share"
    )


@final
class BenchmarkSpec(Settings):
    """One declared experiment: data, model, loss, training, evaluation and seeds."""

    benchmark: Name = Field(description="the benchmark's name")
    source: Annotated[PluginChoice, OfKind("source")] = Field(
        description="where the images of symbols come from"
    )
    generator: Annotated[PluginChoice, OfKind("generator")] = Field(description="the hidden rule")
    encoder: Annotated[PluginChoice, OfKind("encoder")] = Field(
        description="from frames to features"
    )
    reasoner: Annotated[PluginChoice, OfKind("reasoner")] = Field(
        description="from features to what is shown and what comes next"
    )
    loss: LossSpec = Field(description="labels, objective and forcing")
    training: TrainingSpec = Field(TrainingSpec(), description="how it is trained")
    evaluation: EvaluationSpec = Field(EvaluationSpec(), description="how it is evaluated")
    seeds: tuple[Seed, ...] = Field((0,), min_length=1, description="one cell is run for each")
    resources: ResourceSpec = Field(ResourceSpec(), description="what each cell takes of a machine")

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds):
            raise ValueError("a seed stands twice")
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
        """The source of each shifted test that has one of its own, by the test's name."""
        shifted = self.evaluation.shifted.items()
        return {name: shift.source for name, shift in shifted if shift.source is not None}
