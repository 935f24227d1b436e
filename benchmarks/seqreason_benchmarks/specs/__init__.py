"""Packaged benchmark specs: `seqreason run NAME` finds them here."""
