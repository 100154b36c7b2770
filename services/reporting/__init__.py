"""Reporting: hears everything, keeps the whole log, answers every question about it."""
