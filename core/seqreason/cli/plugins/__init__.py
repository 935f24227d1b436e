"""Commands on plug-ins, data and new files."""
