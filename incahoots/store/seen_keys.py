"""Which of many keys were seen before."""

from __future__ import annotations

import numpy as np
import polars as pl


class SeenKeys:
    """Set of keys, as 64-bit hashes in sorted runs: 8 bytes for each key.

    If the hashes of two keys collide, the second row takes the slower way, where keys are compared in full.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def add(self, keys: pl.Series) -> pl.Series:
        """Add keys; return for each whether it was known, or is repeated in the series."""
        if keys.is_empty():  # a users file has no posts
            return pl.Series(dtype=pl.Boolean)
        hashes = keys.hash(seed=0).to_numpy()
        seen = np.zeros(len(hashes), dtype=bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            seen |= run[places] == hashes
        repeated = ~keys.is_first_distinct().to_numpy()
        # Runs have no common keys, so it is enough to sort the new ones.
        new = np.sort(hashes[~(seen | repeated)])
        if len(new):
            self._runs.append(new)
        # Runs of like size are merged, so that there are never more than some log2(n) of them; a stable sort finds the
        # two sorted halves and only merges them.
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]), kind="stable")
        return pl.Series(seen | repeated)
