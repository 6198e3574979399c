"""The influence model: who acts one step before whom, from timing alone.

References
----------
S1, which finds coordination by the influence model; and for the model itself Asavathiratham 2001, "The influence model:
a tractable representation for the dynamics of networked Markov chains", and Basu, Choudhury, Clarkson and Pentland
2001, "Learning human interactions with the influence model".
"""

from __future__ import annotations

from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.distance import coordination_distance, pair_weights
from incahoots.analytics.influence.model import InfluenceModel, generate, influence_matrix, transition_matrices

__all__ = [
    "Activity",
    "InfluenceModel",
    "coordination_distance",
    "generate",
    "influence_matrix",
    "pair_weights",
    "transition_matrices",
]
