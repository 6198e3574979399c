"""Read a store."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from incahoots.errors import StoreError
from incahoots.store.layout import ACCOUNTS, FORMAT, HEAD, LOAD, MEMBERS, TRACES_OF, load_folders, probe, shares_schema

_REMEDY = "Load the files again into another home, or derive with the engine cypher."


class Store:
    """The posts of all loads in a folder.

    Parameters
    ----------
    folder : Path
        The folder of the store. Without loads it need not exist.

    Raises
    ------
    StoreError
        The store has another format, or its traces were numbered by another hash.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._check()
        self.folders = load_folders(folder)

    def _check(self) -> None:
        path = self.folder / HEAD
        if not path.is_file():
            return
        try:
            head = orjson.loads(path.read_bytes())
            version, probed = head["format"], head["probe"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as problem:
            raise StoreError(f"{path} is damaged.", _REMEDY) from problem
        if version != FORMAT:
            raise StoreError(
                f"The post store in {self.folder} has format {version}, and this incahoots reads format {FORMAT}.",
                f"Use the version of incahoots that wrote it. {_REMEDY}",
            )
        if probed != probe():
            raise StoreError(
                f"The post store in {self.folder} was written with another version of polars.",
                _REMEDY,
            )

    @cached_property
    def loads(self) -> list[dict[str, Any]]:
        """What was loaded, in order: the contents of each ``load.json``.

        Raises
        ------
        StoreError
            A file is damaged or missing.
        """
        return [_about(folder) for folder in self.folders]

    @property
    def n_posts(self) -> int:
        """Number of posts."""
        return sum(load["posts"] for load in self.loads)

    @property
    def load_ids(self) -> list[str]:
        """The ids of the loads, in order."""
        return [load["load_id"] for load in self.loads]

    @property
    def counts(self) -> dict[str, int]:
        """Number of shares of each kind, by the relationship that stands for them in the graph."""
        return {share: sum(load["shares"].get(share, 0) for load in self.loads) for share in TRACES_OF}

    @cached_property
    def account_ids(self) -> pl.Series:
        """The ids of all accounts that post; an account's number is its place."""
        return self._table("accounts", ACCOUNTS)["account_id"]

    def members(self, operation_id: str) -> pl.Series:
        """The numbers of an operation's accounts."""
        members = self._table("members", MEMBERS)
        return members.filter(pl.col("operation_id") == operation_id)["account"].unique()

    def shares(self, share: str, columns: Collection[str] = ()) -> pl.DataFrame:
        """Which post carries which trace.

        Parameters
        ----------
        share : str
            The relationship that stands for it in the graph, such as ``RETWEETS``.
        columns : collection of str
            Only these columns; all when empty.

        Returns
        -------
        pl.DataFrame
            Columns of `shares_schema`. In order of the first trace and time if there is one load.
        """
        schema = shares_schema(share)
        return self._table(f"shares-{share}", {name: schema[name] for name in columns or schema})

    def posts(self, numbers: pl.Series | None = None) -> pl.LazyFrame:
        """Posts by number, or all posts: their numbers, and the columns of a row."""
        files = self.post_files()
        if not files:
            return pl.LazyFrame(schema={"post": pl.Int64()})
        scanned = pl.scan_parquet(files)
        return scanned if numbers is None else scanned.filter(pl.col("post").is_in(numbers.implode()))

    def post_files(self) -> list[Path]:
        """The files of posts, in the order of their numbers."""
        return [file for folder in self.folders for file in sorted(folder.glob("posts-*.parquet"))]

    def _table(self, name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        """A table of all loads."""
        files = [file for folder in self.folders if (file := folder / f"{name}.parquet").is_file()]
        parts = [pl.read_parquet(file, columns=list(schema)) for file in files]
        return pl.concat([pl.DataFrame(schema=schema), *parts])


def _about(folder: Path) -> dict[str, Any]:
    """What a load notes of itself, if all its files are as it wrote them."""
    damaged = folder / LOAD
    try:
        about: dict[str, Any] = orjson.loads(damaged.read_bytes())
        for name, size in about["sizes"].items():
            damaged = folder / name
            if damaged.stat().st_size != size:
                break
        else:
            return about
    except (orjson.JSONDecodeError, KeyError, AttributeError, OSError) as problem:
        raise StoreError(f"{damaged} is damaged or missing.", _REMEDY) from problem
    raise StoreError(f"{damaged} is damaged.", _REMEDY)
