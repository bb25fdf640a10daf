"""What others rely on: documents, criteria, positions and envelopes."""
