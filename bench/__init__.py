"""The bench: how fast the log is beside the best peer and the limits of the machine it runs on."""
