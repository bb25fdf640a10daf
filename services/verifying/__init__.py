"""`dwr verify`: everything that holds a copy of the registry's state is compared with the log."""
