"""The system as its users meet it: real processes, real sockets, real PostgreSQL and Kafka."""
