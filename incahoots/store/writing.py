"""Write a load into a store, in chunks. It appears completely or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from filelock import FileLock, Timeout

from incahoots.disk import writing_to
from incahoots.errors import StoreError
from incahoots.private_files import make_folder, replace_text
from incahoots.store.layout import (
    FORMAT,
    HEAD,
    LOAD,
    LOADS,
    TRACES_OF,
    check_of,
    numbered,
    probe,
    shares_schema,
)
from incahoots.store.reading import Store
from incahoots.store.seen_keys import SeenKeys

#: How long to wait for another load.
WAIT_S = 3_600

#: How the folder of an unfinished load begins.
_STAGING = "new-"


@contextmanager
def new_load(
    folder: Path, about: Mapping[str, Any], *, is_stale: Callable[[], bool] = lambda: False
) -> Iterator[NewLoad]:
    """Add a load to the store of a folder; on an error nothing is added.

    Parameters
    ----------
    folder : Path
        The store, which is made if it is not there.
    about : mapping of str to Any
        What ``load.json`` notes besides the number of posts.
    is_stale : callable
        Whether earlier loads are to be removed; called when no other process is loading.

    Yields
    ------
    NewLoad
        Takes the posts. Another process that loads waits meanwhile.
    """
    make_folder(folder)
    with _alone(folder), writing_to(folder):
        if is_stale():
            shutil.rmtree(folder / LOADS, ignore_errors=True)
            (folder / HEAD).unlink(missing_ok=True)
        store = Store(folder)
        if not (folder / HEAD).is_file():
            replace_text(folder / HEAD, orjson.dumps({"format": FORMAT, "probe": probe()}).decode())
        loads = folder / LOADS
        make_folder(loads)
        # What a killed process left.
        for leftover in loads.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover)
        staging = loads / f"{_STAGING}{os.getpid()}"
        make_folder(staging)
        try:
            load = NewLoad(store, staging)
            yield load
            load.finish(about)
            last = int(store.folders[-1].name) if store.folders else 0
            staging.rename(loads / f"{last + 1:06d}")
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process loads."""
    try:
        with FileLock(folder / "lock", timeout=WAIT_S):
            yield
    except Timeout as problem:
        raise StoreError(
            f"Another process has been loading into {folder} for {WAIT_S // 60} minutes.", "Wait until it is done."
        ) from problem


class NewLoad:
    """A load that is being written.

    Memory holds the numbers and ids of accounts, and 16 bytes for each post; everything else goes to disk chunk by
    chunk. Shares of a load are sorted in memory once, relationship by relationship.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        ids = store.account_ids
        self._accounts = pl.DataFrame(
            {"account_id": ids, "account": pl.int_range(len(ids), dtype=pl.Int32, eager=True)}
        )
        self._n_known_accounts = len(ids)
        self._members: list[pl.DataFrame] = []
        self._n_chunks = self._n_parts = self.n_posts = 0
        self._seen = SeenKeys()
        if files := store.post_files():
            self._seen.add(pl.scan_parquet(files).select("tweet_id").collect()["tweet_id"])
        self._next_post = sum(load["numbers"] for load in store.loads)
        self._first_post = self._next_post

    def add(self, posts: pl.DataFrame, shares: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Add posts that are not in the store yet.

        Parameters
        ----------
        posts : pl.DataFrame
            Rows with unique tweet_id.
        shares : mapping of str to pl.DataFrame
            Relationship -> tweet_id, ts, its traces as text, and is_retweet where the graph has it.

        Returns
        -------
        pl.DataFrame
            tweet_id, post and account of each post.
        """
        accounts = self._number_accounts(posts["account_id"])
        first = self._next_post
        numbers = posts.select("tweet_id").with_columns(
            post=pl.int_range(first, first + posts.height, dtype=pl.Int64, eager=True),
            account=accounts,
        )
        self._next_post += posts.height
        self.n_posts += posts.height
        self._n_chunks += 1
        posts.with_columns(numbers["post"], numbers["account"]).write_parquet(
            self.folder / f"posts-{self._n_chunks:04d}.parquet", compression_level=1
        )
        self.add_shares(shares, numbers)
        return numbers

    def add_shares(self, shares: Mapping[str, pl.DataFrame], numbers: pl.DataFrame) -> None:
        """Add traces of posts, whose numbers are in the columns tweet_id, post and account."""
        self._n_parts += 1
        for share, frame in shares.items():
            if frame.height:
                schema = shares_schema(share)
                whole = numbered(frame.join(numbers, on="tweet_id", maintain_order="left"), TRACES_OF[share])
                part = whole.select(pl.col(name).cast(kind) for name, kind in schema.items())
                part.write_parquet(
                    self.folder / f"part-{share}-{self._n_parts:04d}.parquet", compression="uncompressed"
                )

    def known(self, tweet_ids: pl.Series) -> pl.DataFrame:
        """The posts of these ids that are in the store or in this load: their rows, with post and account.

        Must be called once for all posts, before they are added.
        """
        again = tweet_ids.filter(self._seen.add(tweet_ids))
        if again.is_empty():
            return pl.DataFrame(schema={"tweet_id": pl.String})
        files = self.store.post_files() + sorted(self.folder.glob("posts-*.parquet"))
        if not files:
            return pl.DataFrame(schema={"tweet_id": pl.String})
        return pl.scan_parquet(files).filter(pl.col("tweet_id").is_in(again.implode())).collect()

    def add_members(self, operation_id: str, account_ids: pl.Series) -> None:
        """Note that accounts belong to an operation."""
        numbers = self._number_accounts(account_ids)
        self._members.append(
            pl.DataFrame({"account": numbers}).select(pl.lit(operation_id).alias("operation_id"), "account").unique()
        )

    def _number_accounts(self, account_ids: pl.Series) -> pl.Series:
        """The numbers of accounts; new ones get the next."""
        ids = account_ids.alias("account_id").to_frame()
        new = ids.unique(maintain_order=True).join(self._accounts, on="account_id", how="anti", maintain_order="left")
        n = self._accounts.height
        more = new.with_columns(account=pl.int_range(n, n + new.height, dtype=pl.Int32, eager=True))
        self._accounts = pl.concat([self._accounts, more])
        return ids.join(self._accounts, on="account_id", how="left", maintain_order="left")["account"]

    def finish(self, about: Mapping[str, Any]) -> None:
        """Sort the shares, and write what is complete only at the end."""
        self._accounts.slice(self._n_known_accounts).write_parquet(self.folder / "accounts.parquet")
        if self._members:
            pl.concat(self._members).unique(maintain_order=True).write_parquet(self.folder / "members.parquet")
        counts = {}
        for share in TRACES_OF:
            parts = sorted(self.folder.glob(f"part-{share}-*.parquet"))
            if parts:
                first, *_ = (*TRACES_OF[share], "ts")
                whole = pl.read_parquet(parts).sort(first, "ts")
                _check_numbers(whole, share)
                counts[share] = whole.height
                whole.write_parquet(self.folder / f"shares-{share}.parquet", compression="lz4")
                for part in parts:
                    part.unlink()
        head = dict(about) | {
            "load_id": uuid.uuid4().hex, "posts": self.n_posts, "numbers": self._next_post - self._first_post,
            "shares": counts,
            "sizes": {file.name: file.stat().st_size for file in sorted(self.folder.iterdir())},
        }  # fmt: skip
        replace_text(self.folder / LOAD, orjson.dumps(head, option=orjson.OPT_INDENT_2).decode())


def _check_numbers(shares: pl.DataFrame, share: str) -> None:
    """See that no two traces have the same number.

    Raises
    ------
    StoreError
        Two have.
    """
    for trace in TRACES_OF[share]:
        pairs = shares.select(trace, check_of(trace)).drop_nulls()
        if pairs[trace].n_unique() != pairs.n_unique():
            raise StoreError(
                f"Two traces of {share} have the same number, which happens once in many millions of loads.", "Tell us."
            )
