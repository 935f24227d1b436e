"""Packaged suites and ablations: `seqreason run NAME` finds them here."""
