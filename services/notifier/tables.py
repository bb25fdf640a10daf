"""Tables of the notifier."""
