"""Runs: what was computed with which parameters, and what it left in the graph."""
