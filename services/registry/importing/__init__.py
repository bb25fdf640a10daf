"""Importing organisations from a file: JSON Lines, a dry run by default, a report of every row.

    lines ──> rows ──> run ──> report
    read      check    write   tell

Rows go through the same commands as requests do; `docs/import.md` describes the format.
"""
