"""Kill real processes at random and at named points, under load, and count what was lost."""
