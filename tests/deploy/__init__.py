"""The scripts that run the system and its tests."""
