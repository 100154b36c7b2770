"""What matching answers."""
