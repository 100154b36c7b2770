"""The HTTP doors of reporting: questions alone."""
