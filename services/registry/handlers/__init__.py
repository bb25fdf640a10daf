"""What each command does: a plain function `verb(unit, command)`, one file per family of commands.

Handlers write nothing but through `record`, and neither commit nor ask who the caller is.
"""
