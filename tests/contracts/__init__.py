"""What the services say, and what may never change about it."""
