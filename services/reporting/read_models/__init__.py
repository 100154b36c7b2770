"""What reporting can be asked about everything that was said."""
