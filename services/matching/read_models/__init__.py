"""The questions matching answers, one module each."""
