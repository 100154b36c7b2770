"""What matching hears from Kafka."""
