"""Nulls: what two accounts that do not act together would show, and how far from that an edge is. Pure."""
