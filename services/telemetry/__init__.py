"""What the system tells those who run it: logs, metrics, health."""
