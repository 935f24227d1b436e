"""The files that `seqreason new` writes: plug-in packages and specs that run unchanged."""

from seqreason.scaffold.plugin_package import new_plugin
from seqreason.scaffold.schema_file import SCHEMA_LINE, write_schema
from seqreason.scaffold.spec_file import SPEC_KINDS, new_spec
from seqreason.scaffold.writing import Written

__all__ = ["SCHEMA_LINE", "SPEC_KINDS", "Written", "new_plugin", "new_spec", "write_schema"]
