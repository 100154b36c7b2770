"""What reviews hears from Kafka."""
