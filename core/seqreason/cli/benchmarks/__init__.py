"""Commands that take a spec: run, show and audit."""
