"""What referrals can be asked about its own log."""
