"""The in-memory state that queries are answered from: records, indexes, and the position they are exact at."""
