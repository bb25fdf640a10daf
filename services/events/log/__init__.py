"""The append-only log: one entry per accepted change, at contiguous positions within a generation."""
