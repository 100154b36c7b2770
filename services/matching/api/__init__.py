"""Every HTTP door of matching."""
