"""TF-IDF: vectors of traces or words, in which what is rare counts more than what is common."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def tfidf(counts: sparse.csr_array, of: sparse.csr_array | None = None) -> sparse.csr_array:
    r"""Weight counts by the rarity of their columns, and scale rows to length 1; empty rows stay empty.

    .. math:: x_{ut} \propto f_{ut} \left(\ln\frac{1 + n}{1 + d_t} + 1\right), \quad \|x_u\|_2 = 1

    Here :math:`f` are the counts, and :math:`d_t` of the :math:`n` rows have an entry in the column :math:`t`: the rows
    of ``of``, which are those of the counts when None.
    """
    from sklearn.feature_extraction.text import TfidfTransformer  # slow to import

    every = counts if of is None else of
    if 0 in every.shape:
        return counts.astype(np.float64)
    return sparse.csr_array(TfidfTransformer().fit(every).transform(counts), dtype=np.float64)
