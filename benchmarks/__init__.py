"""Measurements against the coordination-network-toolkit, on the same posts in the same call."""
