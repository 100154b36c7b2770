"""The parts a newcomer's machine lacks: PostgreSQL and a broker that speaks Kafka, from wheels."""
