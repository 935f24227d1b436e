"""Searching settings: trials and what they found."""
