"""Commands for plug-ins, data and new files."""
