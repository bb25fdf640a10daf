"""Who may do what: roles, the one table of rules, and access tokens."""
