"""The conformance kit: laws that every plug-in of a kind keeps, tried on many cases.

    from seqreason.testing import conformance_tests

    test_conformance = conformance_tests("my_package")

is a whole test module. `check_plugin` and the command `seqreason check` do the same without
pytest. A plug-in's class attribute `conformance` declares what the kit cannot find out.
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
