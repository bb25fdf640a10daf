"""The log of accepted changes, its contracts, and the machinery that moves it to its readers."""
