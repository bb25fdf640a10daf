"""Comparing what somebody holds with the log at the same position, and naming the subjects that differ."""
