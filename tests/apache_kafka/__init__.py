"""Apache Kafka for the tests, where Java and Maven are there."""
