"""The JSON schema of spec files, from the same models that validate them."""

from seqreason.spec.schema.document import spec_schema

__all__ = ["spec_schema"]
