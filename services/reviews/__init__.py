"""What happens from the first day of a placement to its end: reviews, risk, exit."""
