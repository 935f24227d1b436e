"""`python -m seqreason.cli`: the command where the console script is not on the path."""

from seqreason.cli import main

main()
