"""Activity: which account posts about which entity in which time bin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Activity:
    """When accounts are active about each entity; each account, entity and bin once.

    Attributes
    ----------
    account, entity, bin : array of int, shape (n,)
        Positions in ``account_ids`` and ``entities``, and bins counted from 0.
    share : array of float, shape (len(entities),)
        Weight of each entity in the mean over entities.
    kind : array of int, shape (len(entities),)
        The type of each entity, counted from 0.
    n_bins : int
        Number of bins in the range of time, with or without activity.
    account_ids, entities : pl.Series
        Distinct values, in order.
    """

    account: Codes
    entity: Codes
    bin: Codes
    share: NDArray[np.float64]
    kind: Codes
    n_bins: int
    account_ids: pl.Series
    entities: pl.Series

    def __len__(self) -> int:
        return len(self.bin)

    @classmethod
    def of(
        cls, frame: pl.DataFrame, n_bins: int, *, by: str | None = None, sizes: Mapping[str, int] | None = None
    ) -> Activity:
        """Encode a frame.

        ``frame`` has the columns account_id, entity (strings) and bin, in [0, n_bins); rows may repeat. ``by`` is a
        column with the type of each entity. All types have the same weight, and all entities of a type; without it, all
        entities. ``sizes`` is the number of entities of each type in the mean, including those that are not in the
        frame; those in the frame when None.
        """
        kind = pl.lit("") if by is None else pl.col(by)
        # Entities of two types may have the same name.
        named = frame.select("account_id", "bin", kind=kind, entity="entity").unique()
        entities = named.select("kind", "entity").unique().sort("kind", "entity").with_row_index("code")
        accounts = named["account_id"].unique().sort()
        coded = (
            named.join(entities, on=["kind", "entity"])
            .join(pl.DataFrame({"account_id": accounts}).with_row_index("account"), on="account_id")
            .sort("code", "bin", "account")
        )
        account, entity, bins = (coded[name].cast(pl.Int64).to_numpy() for name in ("account", "code", "bin"))
        known = sizes or dict(entities.group_by("kind").len().rows())
        share = 1 / (entities["kind"].replace_strict(known, return_dtype=pl.Float64).to_numpy() * max(len(known), 1))
        kinds = entities["kind"].rank("dense").cast(pl.Int64).to_numpy() - 1
        return cls(account, entity, bins, share, kinds, n_bins, accounts, entities["entity"])
