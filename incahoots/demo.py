"""The demonstration: simulate, load, derive every network, find the groups, and hold them against what was planted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import pandas as pd

from incahoots import server
from incahoots.analytics.communities import communities
from incahoots.analytics.coordination import coordinate
from incahoots.cli.options import Context
from incahoots.cli.output import print_record, print_table, progress, say
from incahoots.database import connect
from incahoots.loaders.load import load
from incahoots.simulator import simulate


def compare(accounts: pd.DataFrame, truth: pd.DataFrame, n_groups: int = 12) -> pd.DataFrame:
    """Hold communities against planted groups.

    Parameters
    ----------
    accounts : pd.DataFrame
        Columns account_id and community.
    truth : pd.DataFrame
        Columns account_id, group_id and behaviour; group_id is missing for accounts of no group.
    n_groups : int
        How many of the largest communities to show.

    Returns
    -------
    pd.DataFrame
        A row a community: its size, the planted group that most of its accounts are in, that group's behaviours and
        size, and how many accounts the two share.
    """
    planted = truth.dropna(subset=["group_id"])
    both = accounts.merge(planted, on="account_id").groupby(["community", "group_id"])["account_id"].nunique()
    best = both.rename("shared").reset_index().sort_values("shared", ascending=False).drop_duplicates("community")
    groups = planted.groupby("group_id").agg(
        behaviours=("behaviour", lambda names: ", ".join(sorted(set(names)))),
        planted_accounts=("account_id", "nunique"),
    )
    sizes = accounts.groupby("community").size().rename("accounts").reset_index()
    found = sizes.merge(best, on="community", how="left").merge(groups, on="group_id", how="left")
    return found.rename(columns={"group_id": "planted_group"}).head(n_groups)


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True, help="Folder of the demo's server.")
@click.option("--posts", type=int, default=20_000, show_default=True)
def main(home: Path, posts: int) -> None:
    """Run the demonstration."""
    context = Context(home)
    say(context, "1/5  Starting a local Neo4j with Graph Data Science (the first time it is assembled: minutes) ...")
    with progress(context) as report:
        info = server.start(home, bolt_port=0, http_port=0, report=report)
    with tempfile.TemporaryDirectory(prefix="incahoots-demo-") as folder, connect(home=home) as database:
        say(context, f"2/5  Simulating {posts:,} posts of invented operations and a baseline ...")
        simulate(folder, posts=posts)
        truth = pd.read_csv(Path(folder, "truth.csv"), dtype=str)
        say(context, "3/5  Loading them ...")
        with progress(context) as report:
            loaded = load("io-archive", folder, database, home=home, report=report)
        say(context, "4/5  Deriving all seven networks, window 60 s, weight 2 and more ...")
        with progress(context) as report:
            run = coordinate(database, "all", "60s", report=report)
            say(context, "5/5  Finding communities ...")
            found = communities(database, run.run_id, report=report)
    print_record(context, {"rows loaded": loaded.counts.loaded, "duplicates": loaded.counts.duplicates, **run.edges})
    print_table(context, compare(found.accounts, truth), "The largest communities, and what was planted")
    in_groups = truth.dropna(subset=["group_id"])["account_id"].nunique()
    caught = truth.dropna(subset=["group_id"])["account_id"].isin(found.accounts["account_id"])
    print_record(
        context,
        {
            "communities": found.n_communities,
            "modularity": found.modularity,
            "planted accounts": in_groups,
            "of them in the network": truth.dropna(subset=["group_id"]).loc[caught, "account_id"].nunique(),
            "accounts in the network": len(found.accounts),
        },
    )
    click.echo(
        f"\nThe server is up. Browser: {info.http_url}\n"
        f"  connect to {info.bolt_uri} as {info.username}; the password: "
        f"incahoots status --home {home} --show-password\n"
        "  stop it with: make down"
    )


if __name__ == "__main__":
    main()
