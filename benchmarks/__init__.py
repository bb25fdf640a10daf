"""Figures of the whole system, each as a ratio within one run."""
