"""Significance: whether two accounts are closer in time than chance; three null models."""
