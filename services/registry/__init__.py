"""The registry: the only writer. It owns the rules, the organisations' tables and the imports."""
