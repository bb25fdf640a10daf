"""What was aimed at: how many times as fast as each peer, and how much less memory."""

from collections.abc import Mapping

from benchmarks.peers import postgraphile, statements

FACTORS: Mapping[tuple[str, int], Mapping[str, float]] = {
    (postgraphile.NAME, 10_000): {"one": 12, "list": 11, "export": 25, "text": 40, "facets": 30, "radius": 10},
    (postgraphile.NAME, 1_000_000): {
        "one": 15,
        "list": 35,
        "export": 18,
        "text": 1_000,
        "facets": 1_000,
        "radius": 13,
    },
    (statements.NAME, 10_000): {"one": 3.5, "list": 4.5, "export": 12, "text": 35, "facets": 35, "radius": 3},
}
"""By peer and number of organisations, for each question."""
MEMORY_RATIO = 0.6
"""Of PostGraphile's process, at 10,000 organisations."""
