from seqreason.testing import conformance_tests

test_conformance = conformance_tests("seqreason_patches")
