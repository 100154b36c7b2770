"""What referrals decides: pure rules over the streams of one young person, or one meeting."""
