"""What referrals hears from Kafka."""
