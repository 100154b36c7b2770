"""What reporting hears from Kafka."""
