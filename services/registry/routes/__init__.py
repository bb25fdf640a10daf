"""Endpoints of the registry: each reads the request, makes a command, and hands it to the writer."""
