"""Texts: tokens, embeddings, and similar posts."""
