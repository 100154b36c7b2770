"""What matching decides: pure, and asking nobody."""
