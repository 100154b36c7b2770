"""The story: its plan is pure, its play is real."""
