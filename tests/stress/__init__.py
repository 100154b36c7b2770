"""The log under every kind of writer at once, in two processes (event-log.md 14.5)."""
