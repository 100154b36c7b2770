"""Matching, level by level."""
