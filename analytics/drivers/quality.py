r"""Quality of a clustering, measured by the topics of its accounts. Pure.

Every account has a topic. For cluster c, with :math:`n_c` of all :math:`N` accounts, let :math:`p_c(t)` be the share of
its accounts whose topic is t, and K the number of topics. Clusters are homogeneous if the entropy is low, and different
from each other if the mean divergence is high:

.. math::

    H_c = -\frac{1}{\log K} \sum_t p_c(t) \log p_c(t), \quad H = \sum_c \frac{n_c}{N} H_c

.. math::

    \mathrm{JSD}(c, d) = S\left(\tfrac{p_c + p_d}{2}\right) - \tfrac{S(p_c) + S(p_d)}{2}, \quad
    S(p) = -\sum_t p(t) \log_2 p(t)

References
----------
Yi 2025 (S4), section 4.1.5; Rosenberg and Hirschberg 2007; Fuglede and Topsoe 2004.

Notes
-----
The formulas of S4 are missing in the text that we have. The entropy is normalised by all topics of the network, as in
Rosenberg and Hirschberg, not by those of the cluster: otherwise a cluster with two topics of equal shares would be as
mixed as one with all topics. The divergence is between 0 and 1, without a square root; its mean gives each pair of
clusters the same weight.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import entr

from incahoots.analytics.networks.cosines import Floats


def quality(labels: pd.Series[int], topics: pd.Series[int]) -> dict[str, float]:
    """Measure a clustering.

    ``labels`` is the cluster of each account, by account_id. ``topics`` is the topic of each account, by account_id;
    accounts without one are left out.

    Returns
    -------
    dict
        accounts and clusters (that have a topic), topics, entropy (0 to 1, low is good) and divergence (0 to 1, high is
        good). The divergence of a single cluster is not a number; with a single topic the entropy is 0.
    """
    both = pd.concat([labels.rename("cluster"), topics.rename("topic")], axis=1, join="inner").dropna()
    counts = pd.crosstab(both["cluster"], both["topic"]).to_numpy(dtype=float)
    n_clusters, n_topics = counts.shape
    found = {"accounts": len(both), "clusters": n_clusters, "topics": n_topics}
    if not counts.size:
        return found | {"entropy": float("nan"), "divergence": float("nan")}
    sizes = counts.sum(axis=1)
    shares = counts / sizes[:, None]
    inside = entr(shares).sum(axis=1) / np.log(n_topics) if n_topics > 1 else np.zeros(n_clusters)
    return found | {"entropy": float(inside @ sizes / sizes.sum()), "divergence": mean_divergence(shares)}


def mean_divergence(shares: Floats) -> float:
    """Give the mean Jensen-Shannon divergence of all pairs of rows, in bits.

    Parameters
    ----------
    shares : array of float, shape (n_clusters, n_topics)
        Rows of sum 1.
    """
    n = len(shares)
    if n < 2:
        return float("nan")
    own = entr(shares).sum(axis=1)
    total = 0.0
    for place in range(n - 1):
        after = shares[place + 1 :]
        middle = entr((shares[place] + after) / 2).sum(axis=1)
        total += float((middle - (own[place] + own[place + 1 :]) / 2).sum())
    return float(total / np.log(2) / (n * (n - 1) / 2))
