"""The relay: hands the log to Kafka. The log is the outbox; the relay keeps a mark in it (decision 0004)."""
