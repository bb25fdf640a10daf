"""What others rely on: the public organisation document, the event types, the criteria language."""
