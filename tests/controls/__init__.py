"""Negative controls: what is promised is broken on purpose, and the check of it must go red."""
