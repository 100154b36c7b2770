"""Check an exported log offline, from the file and what its reader brought, and nothing else."""
