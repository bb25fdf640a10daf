"""The suite: one folder a part of the system; `support` has what they share."""
