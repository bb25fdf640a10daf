"""The schema, declared once with Strawberry; documents are mirrored from the contracts of the log."""
