"""Inter-state coordination: who acts on whom across states.

References
----------
Wang and others 2022 (S0), "Evidence of inter-state coordination amongst state-backed information operations".
"""

from __future__ import annotations

from incahoots.analytics.interstate.acts import KINDS, SCOPES, Acts, classified, fetch_acts
from incahoots.analytics.interstate.engagement import compare, least_sample
from incahoots.analytics.interstate.hashtags import hashtag_network, participation, top_hashtags
from incahoots.analytics.interstate.months import monthly, peaks
from incahoots.analytics.interstate.networks import account_network, centralisation, motif, reciprocity, state_network
from incahoots.analytics.interstate.roles import administrators, roles
from incahoots.analytics.interstate.tables import counts_by_state

__all__ = [
    "KINDS",
    "SCOPES",
    "Acts",
    "account_network",
    "administrators",
    "centralisation",
    "classified",
    "compare",
    "counts_by_state",
    "fetch_acts",
    "hashtag_network",
    "least_sample",
    "monthly",
    "motif",
    "participation",
    "peaks",
    "reciprocity",
    "roles",
    "state_network",
    "top_hashtags",
]
