"""The questions that reviews answers about what it owns."""
