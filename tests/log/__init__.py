"""Tests of the log's promises: contiguous positions, versions in order, nothing lost."""
