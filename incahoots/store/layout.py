"""The files of a store, and what is in them.

``store.json``
    The version of the format, and a probe: what the hash of traces gives for a fixed text.
``loads/000001/``
    A load: ``load.json`` (what was loaded, and how many rows), and the files below.
``accounts.parquet``
    The accounts whose posts came first with this load: account_id and account, their number.
``members.parquet``
    Which accounts belong to which operation: operation_id and account.
``posts-0001.parquet``
    The posts that came first with this load, in the order of their numbers: post, account and the columns of a row.
``shares-RETWEETS.parquet`` and the like
    Which post carries which trace, named by the relationship that stands for it in the graph: account, post, ts (epoch
    seconds), is_retweet where the graph has it, and the number of each trace; in order of the first trace and time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from incahoots.cypher.behaviours import BEHAVIOURS

#: The version of the format. A store of another version is refused.
FORMAT = 1

HEAD = "store.json"
LOADS = "loads"
LOAD = "load.json"

ACCOUNTS: dict[str, pl.DataType] = {"account_id": pl.String(), "account": pl.Int32()}
MEMBERS: dict[str, pl.DataType] = {"operation_id": pl.String(), "account": pl.Int32()}
NUMBERS: dict[str, pl.DataType] = {"post": pl.Int64(), "account": pl.Int32()}

#: The traces of each relationship: the names of the properties that are equal when two posts match.
TRACES_OF: dict[str, tuple[str, ...]] = {
    share: tuple(dict.fromkeys(row.key for row in BEHAVIOURS.values() if row.share == share and row.key))
    for share in dict.fromkeys(row.share for row in BEHAVIOURS.values() if row.share)
}

#: Of which relationships the shares say whether their post is a retweet.
WITH_RETWEETS = frozenset(row.share for row in BEHAVIOURS.values() if row.takes_retweets is not None)

#: A second hash tells two traces with the same number apart.
_SEED, _CHECK_SEED = 0, 1
_PROBE = "incahoots"


def shares_schema(share: str) -> dict[str, pl.DataType]:
    """The columns of a file of shares."""
    return {
        "account": pl.Int32(),
        "post": pl.Int64(),
        "ts": pl.Int64(),
        **({"is_retweet": pl.Boolean()} if share in WITH_RETWEETS else {}),
        **{name: pl.UInt64() for name in TRACES_OF[share]},
        **{check_of(name): pl.UInt32() for name in TRACES_OF[share]},
    }


def check_of(trace: str) -> str:
    """The column of the second hash of a trace."""
    return f"{trace}_check"


def numbered(frame: pl.DataFrame, traces: Iterable[str]) -> pl.DataFrame:
    """Replace traces by their numbers, and add the columns that check these; null stays null."""
    texts = list(traces)
    return frame.with_columns(
        *(_hash(name, _SEED).alias(name) for name in texts),
        *((_hash(name, _CHECK_SEED) % 2**32).cast(pl.UInt32).alias(check_of(name)) for name in texts),
    )


def number(trace: str) -> int:
    """The number of one trace."""
    return int(pl.Series([trace]).hash(_SEED).item())


def probe() -> int:
    """What the hash gives for a fixed text: another version of polars may give something else."""
    return number(_PROBE)


def _hash(name: str, seed: int) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(seed))


def load_folders(folder: Path) -> list[Path]:
    """The folders of all complete loads, in order."""
    return sorted(each for each in (folder / LOADS).glob("[0-9]*") if (each / LOAD).is_file())
