"""The attack catalogue: what somebody may do to a log, and which layer of proof finds it."""
