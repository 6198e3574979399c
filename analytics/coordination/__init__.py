"""Coordination networks: which accounts do the same thing at about the same time."""
