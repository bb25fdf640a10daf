"""A query's document as a Python function: compiled once, then called for each request.

`selections` says which fields are asked of a type, `arguments` and `variables` where their arguments come from,
`writing` writes the function, `keeping` holds what it made of records, `plan` puts it together.

Only what succeeds is answered this way. Whatever is not covered, or fails while it runs, is left to the ordinary
execution, which tells errors with their paths: see docs/compiled-operations.md.
"""
