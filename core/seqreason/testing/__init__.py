"""The conformance kit: laws that every plug-in of a kind keeps, tried on cases of all sorts.

    from seqreason.testing import conformance_tests

    test_conformance = conformance_tests("my_package")

is a whole test module. `check_plugin` does the same outside of pytest, as does the command
`seqreason check`. What the kit should know of a plug-in stands in the plug-in's class, as its
`conformance`.
"""

from seqreason.testing.checking import Examination, check_plugin
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws import ALL_LAWS, laws_of
from seqreason.testing.outcome import Conformity, Outcome, Verdict
from seqreason.testing.pytest_tests import conformance_tests
from seqreason.testing.reproducing import Reproduction, read_reproduction, reproduction_text
from seqreason.testing.subject import Subject
from seqreason.testing.trying import Effort

__all__ = [
    "ALL_LAWS",
    "Conformity",
    "Effort",
    "Examination",
    "KindLaws",
    "Law",
    "Outcome",
    "Reproduction",
    "Subject",
    "Verdict",
    "check_plugin",
    "conformance_tests",
    "laws_of",
    "read_reproduction",
    "reproduction_text",
]
