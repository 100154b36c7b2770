"""The HTTP doors of referrals, and who may knock."""
