"""Commands on specs: run, show and audit."""
