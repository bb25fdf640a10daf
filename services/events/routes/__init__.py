"""The addresses under `/events/v1`."""
