"""The audit: whether a benchmark keeps the laws that its results depend on."""

from seqreason.evaluation.audit.auditing import audit
from seqreason.evaluation.audit.findings import Audit, Finding

__all__ = ["Audit", "Finding", "audit"]
