"""The demonstration: simulate, load, derive networks, find communities, and compare them with planted groups."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pandas as pd

from incahoots import server
from incahoots.analytics.coordination.coordinate import Coordination, coordinate
from incahoots.analytics.networks.communities import Communities, communities
from incahoots.analytics.report.report import report
from incahoots.analytics.runs.evidence import why
from incahoots.cli.context import Context
from incahoots.cli.output import print_record, print_table, say, showing_progress
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database, connect
from incahoots.errors import IncahootsError, InputError, command
from incahoots.loaders.load import load
from incahoots.progress import Progress, part
from incahoots.server import ServerInfo
from incahoots.server.browser_links import link, write_page
from incahoots.simulator import simulate

WINDOW = "60s"
#: Behaviours of `all`, of which groups may have been planted.
SOUGHT = tuple(name for name, row in BEHAVIOURS.items() if row.in_all)


def compare(accounts: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Compare communities with planted groups.

    Parameters
    ----------
    accounts : pd.DataFrame
        Columns account_id and community.
    truth : pd.DataFrame
        Columns account_id, group_id and behaviour; group_id is missing for accounts of no group.

    Returns
    -------
    pd.DataFrame
        A row for each community, largest first: number of accounts, the planted group that most of them belong to, the
        group's behaviours and size, and the number of common accounts. The group is missing if no account has one.
    """
    planted = truth.dropna(subset=["group_id"])
    both = accounts.merge(planted, on="account_id").groupby(["community", "group_id"])["account_id"].nunique()
    best = both.rename("shared").reset_index().sort_values("shared", ascending=False).drop_duplicates("community")
    groups = planted.groupby("group_id").agg(
        behaviours=("behaviour", lambda names: ", ".join(sorted(set(names)))),
        planted=("account_id", "nunique"),
    )
    sizes = accounts.groupby("community").size().rename("accounts").reset_index()
    found = sizes.merge(best, on="community", how="left").merge(groups, on="group_id", how="left")
    found = found.rename(columns={"group_id": "planted_group"})
    return found.astype({"shared": "Int64", "planted": "Int64"}).sort_values("community", ignore_index=True)


def summary(
    found: pd.DataFrame, accounts: pd.DataFrame, truth: pd.DataFrame, confusions: pd.DataFrame
) -> dict[str, str]:
    """Summarise how well communities match planted groups.

    Groups without behaviours of `all` are not counted, neither as missed nor as wrong.

    Parameters
    ----------
    found : pd.DataFrame
        Result of `compare`.
    accounts, truth : pd.DataFrame
        As for `compare`.
    confusions : pd.DataFrame
        Column account_id: accounts that oppose a group, although single behaviours connect them with it.

    Returns
    -------
    dict of str to str
    """
    planted = truth.dropna(subset=["group_id"])
    sought = planted[planted["group_id"].isin(planted.loc[planted["behaviour"].isin(SOUGHT), "group_id"])]
    whole = (found["shared"] == found["planted"]) & (found["shared"] == found["accounts"])
    exact = found[whole & found["planted_group"].isin(sought["group_id"])]
    opposed = confusions["account_id"]
    others = truth.loc[~truth["account_id"].isin([*planted["account_id"], *opposed]), "account_id"]

    def in_network(which: pd.Series[str]) -> str:
        return f"{which[which.isin(accounts['account_id'])].nunique():,} of {which.nunique():,}"

    return {
        "planted groups found exactly": f"{exact['planted_group'].nunique()} of {sought['group_id'].nunique()}",
        "planted accounts in the network": in_network(sought["account_id"]),
        "opposed accounts in the network": in_network(opposed),
        "other accounts in the network": in_network(others),
    }


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True, help="Folder of the demo's server.")
@click.option("--posts", type=int, default=20_000, show_default=True)
def main(home: Path, posts: int) -> None:
    """Run the demonstration."""
    try:
        _run(Context(home), home.resolve(), posts)
    except IncahootsError as problem:
        click.echo(
            f"Error: {problem}\nIf {home} is old or damaged, stop its server (make down), remove the folder, and run "
            "make demo again. It contains only the demo.",
            err=True,
        )
        sys.exit(problem.exit_code)


@contextmanager
def _step(context: Context, words: str) -> Iterator[Progress]:
    """Announce a step, and show its progress."""
    say(context, f"{words} ...")
    with showing_progress(context) as progress:
        yield progress


def _run(context: Context, home: Path, posts: int) -> None:
    """Run and announce every step."""
    with _step(context, "1/6  Starting a local Neo4j with Graph Data Science (the first start takes minutes)") as told:
        info = server.start(home, bolt_port=0, http_port=0, progress=told)
    folder = home / "simulation"
    with _step(context, f"2/6  Simulating {posts:,} posts of invented operations and ordinary accounts") as told:
        simulate(folder, posts=posts, progress=told)
    truth, confusions = (pd.read_csv(folder / name, dtype=str) for name in ("truth.csv", "confusions.csv"))
    with connect(home=home) as database:
        _load(context, database, folder, posts)
        with _step(context, f"4/6  Deriving networks: window {WINDOW}, minimum weight 2") as told:
            run = coordinate(database, "all", WINDOW, progress=told)
        print_table(context, [{"behaviour": name, "edges": count} for name, count in run.edges.items()])
        with _step(context, "5/6  Finding communities, and comparing them with the planted groups") as told:
            groups = communities(database, run.run_id, progress=told)
        found = compare(groups.accounts, truth)
        print_table(context, found.head(8))
        click.echo(f"... and {len(found) - 8} more; modularity {groups.modularity:.3f}\n")
        print_record(context, summary(found, groups.accounts, truth, confusions))
        _show_one(context, database, run, groups)
        with _step(context, "6/6  Writing a report") as told:
            # All accounts are invented, so their names can be shown.
            page = report(database, run.run_id, home / "report.html", names=True, progress=told).path
    _say_what_next(info, home, run, page)


def _load(context: Context, database: Database, folder: Path, posts: int) -> None:
    """Load the simulation, unless it is loaded already."""
    with _step(context, "3/6  Loading the posts") as told:
        counts = load("io-archive", folder, database, home=folder.parent, progress=told).counts
    there = database.query("explore/how_much_is_there").set_index("what")["count"]
    if there["posts"] != posts:
        raise InputError(f"{folder.parent} contains {there['posts']:,} posts instead of the demo's {posts:,}.")
    say(context, f"     {counts.loaded:,} rows loaded." if counts.loaded else "     They are already loaded.")


def _show_one(context: Context, database: Database, run: Coordination, groups: Communities) -> None:
    """Show the posts behind the heaviest edge of the largest community."""
    members = set(groups.accounts.loc[groups.accounts["community"] == 0, "account_id"])
    edges = database.query("explore/top_edges", run_id=run.run_id, limit=10_000)
    source, target = edges[edges["source"].isin(members)][["source", "target"]].iloc[0]
    click.echo(
        f"\nWhy are two accounts of community 0 connected?  {command('why', given=[run.run_id, source, target])}\n"
    )
    with showing_progress(context) as told, part(told, "reading the posts behind an edge"):
        posts = why(database, run.run_id, source, target, limit=3)
    texts = posts["text"].str.slice(0, 80)
    print_table(context, posts[["behaviour", "created_at", "gap_s"]].assign(text=texts))


def _say_what_next(info: ServerInfo, home: Path, run: Coordination, page: Path) -> None:
    """Print links and commands to go on with."""
    click.echo(
        "\nScores are evidence for a person to assess, not a verdict.\n"
        f"\nReport with networks, and the posts behind each edge: {page.resolve().as_uri()}\n"
        "\nThe server is running. Try these commands, with .venv/bin on your PATH:\n"
        f"  export INCAHOOTS_HOME={shlex.quote(str(home))}\n"
        f"  {command('edges', given=[run.run_id])}\n"
        f"  incahoots query how_do_communities_overlap_operations run_id={run.run_id}\n"
        "  incahoots coordinate co_link --window 5m --leader\n"
        f"\nNeo4j Browser, signed in, with a guide: {write_page(info, link(info)).as_uri()}\n"
        "\nStop it with: make down"
    )


if __name__ == "__main__":
    # The name that progress shows between steps.
    main(prog_name="incahoots demo")
