"""The interfaces that plug-ins implement, each with the context that a plug-in receives."""

from seqreason.interfaces.encoder import Encoder, EncoderContext
from seqreason.interfaces.executor import Executor, ExecutorContext
from seqreason.interfaces.generator import EnumerableGenerator, GeneratorContext, SequenceGenerator
from seqreason.interfaces.loss import Forcing, Labels, LossContext, Objective
from seqreason.interfaces.plugin import Conformance, Plugin, PluginConfig
from seqreason.interfaces.reasoner import Reasoner, ReasonerContext, Reasoning
from seqreason.interfaces.rule_generator import RuleGenerator
from seqreason.interfaces.sequence_config import SequenceConfig
from seqreason.interfaces.source import GlyphSource, SourceContext, no_progress
from seqreason.interfaces.tracker import Tracker, TrackerContext

__all__ = [
    "Conformance",
    "Encoder",
    "EncoderContext",
    "EnumerableGenerator",
    "Executor",
    "ExecutorContext",
    "Forcing",
    "GeneratorContext",
    "GlyphSource",
    "Labels",
    "LossContext",
    "Objective",
    "Plugin",
    "PluginConfig",
    "Reasoner",
    "ReasonerContext",
    "Reasoning",
    "RuleGenerator",
    "SequenceConfig",
    "SequenceGenerator",
    "SourceContext",
    "Tracker",
    "TrackerContext",
    "no_progress",
]
