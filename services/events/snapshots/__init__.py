"""Snapshots: the state at one position as NDJSON, streamed of now, or kept as files with what changed before each."""
