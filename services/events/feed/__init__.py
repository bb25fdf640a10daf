"""The log over HTTP: pages by position, and a stream."""
