"""What plug-ins are handed and give: alphabets, glyphs, sequences, packing, settings."""
