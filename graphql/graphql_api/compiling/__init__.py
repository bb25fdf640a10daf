"""A query's document as a Python function: compiled once, then called for each request.

`selections` says which fields are asked of a type, `arguments` and `variables` where their arguments come from,
`writing` writes the function, `parts` holds what it made of records, `failing` tells errors of single fields, `plan`
puts it together.

Whatever is not covered is left to the ordinary execution: see docs/compiled-operations.md.
"""
