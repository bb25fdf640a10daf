"""The proof: writes at full speed while everything around them fails, and at the end nothing is missing anywhere.

`python -m tests.proof` (or `make proof`) runs it; docs/proof.md says what it does and what it shows.
"""
