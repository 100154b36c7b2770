"""What matching decides."""
