"""The demonstration: simulate, load, derive every network, find the groups, and hold them against what was planted."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click
import pandas as pd

from incahoots import server
from incahoots.analytics.communities import Communities, communities
from incahoots.analytics.coordination import Coordination, coordinate, why
from incahoots.analytics.report.run import report
from incahoots.browser.links import link, write_page
from incahoots.cli.options import Context
from incahoots.cli.output import print_record, print_table, progress, say
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database, connect
from incahoots.errors import IncahootsError, InputError, command
from incahoots.loaders.load import load
from incahoots.progress import part
from incahoots.server import ServerInfo
from incahoots.simulator import simulate

WINDOW = "60s"
#: What `all` looks for, of which groups may have been planted.
SOUGHT = tuple(name for name, row in BEHAVIOURS.items() if row.in_all)


def compare(accounts: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Hold communities against planted groups.

    Parameters
    ----------
    accounts : pd.DataFrame
        Columns account_id and community.
    truth : pd.DataFrame
        Columns account_id, group_id and behaviour; group_id is missing for accounts of no group.

    Returns
    -------
    pd.DataFrame
        A row a community, the largest first: its accounts, the planted group that most of them are in, what that group
        does, its accounts, and how many the two share. The group is missing where nobody is in one.
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
    """Say in figures how well what was found meets what was planted.

    Groups that do nothing `all` looks for are not counted: neither they nor their accounts are missed, or wrong.

    Parameters
    ----------
    found : pd.DataFrame
        As `compare` gives it.
    accounts, truth : pd.DataFrame
        As `compare` takes them.
    confusions : pd.DataFrame
        Column account_id: the accounts that are opposed to a group, and that single behaviours connect with it.

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
            f"Error: {problem}\nIf {home} is old or damaged: stop its server (make down), remove the folder, and call "
            "make demo again. It holds nothing but the demo.",
            err=True,
        )
        sys.exit(problem.exit_code)


def _run(context: Context, home: Path, posts: int) -> None:
    """Take every step, and say which."""
    say(context, "1/6  Starting a local Neo4j with Graph Data Science (the first time it is assembled: minutes) ...")
    with progress(context) as told:
        info = server.start(home, bolt_port=0, http_port=0, report=told)
    folder = home / "simulation"
    say(context, f"2/6  Simulating {posts:,} posts of invented operations and of ordinary accounts ...")
    with progress(context) as told:
        simulate(folder, posts=posts, report=told)
    truth, confusions = (pd.read_csv(folder / name, dtype=str) for name in ("truth.csv", "confusions.csv"))
    with connect(home=home) as database:
        say(context, "3/6  Loading them ...")
        _load(context, database, folder, posts)
        say(context, f"4/6  Deriving all seven networks, window {WINDOW}, weight 2 and more ...")
        with progress(context) as told:
            run = coordinate(database, "all", WINDOW, report=told)
        print_table(context, [{"behaviour": name, "edges": count} for name, count in run.edges.items()])
        say(context, "5/6  Finding communities, and holding them against what was planted ...")
        with progress(context) as told:
            groups = communities(database, run.run_id, report=told)
        found = compare(groups.accounts, truth)
        print_table(context, found.head(8))
        click.echo(f"... and {len(found) - 8} more; modularity {groups.modularity:.3f}\n")
        print_record(context, summary(found, groups.accounts, truth, confusions))
        _show_one(context, database, run, groups)
        say(context, "6/6  Writing a page to look into ...")
        with progress(context) as told:
            # All accounts are invented: their names are nobody's.
            page = report(database, run.run_id, home / "report.html", names=True, report=told).path
    _say_what_next(info, home, run, page)


def _load(context: Context, database: Database, folder: Path, posts: int) -> None:
    """Load the simulation; a second time nothing is new."""
    with progress(context) as told:
        counts = load("io-archive", folder, database, home=folder.parent, report=told).counts
    there = database.query("explore/how_much_is_there").set_index("what")["count"]
    if there["posts"] != posts:
        raise InputError(f"{folder.parent} holds {there['posts']:,} posts, not the demo's {posts:,}.")
    say(context, f"     {counts.loaded:,} rows loaded." if counts.loaded else "     They were loaded already.")


def _show_one(context: Context, database: Database, run: Coordination, groups: Communities) -> None:
    """Show the posts behind the heaviest edge of the largest community."""
    members = set(groups.accounts.loc[groups.accounts["community"] == 0, "account_id"])
    edges = database.query("explore/top_edges", run_id=run.run_id, limit=10_000)
    source, target = edges[edges["source"].isin(members)][["source", "target"]].iloc[0]
    click.echo(
        f"\nWhy are two accounts of community 0 connected?  {command('why', given=[run.run_id, source, target])}\n"
    )
    with progress(context) as told, part(told, "reading the posts behind an edge"):
        posts = why(database, run.run_id, source, target, limit=3)
    posts = posts[posts["behaviour"] != "co_post"]
    texts = posts["text"].str.slice(0, 80)
    print_table(context, posts[["behaviour", "created_at", "gap_s"]].assign(text=texts))


def _say_what_next(info: ServerInfo, home: Path, run: Coordination, page: Path) -> None:
    """Tell where the server is and what to try."""
    click.echo(
        "\nScores are evidence for a person to read, never a verdict.\n"
        f"\nLook at the groups, and at the posts behind each line: {page.resolve().as_uri()}\n"
        "\nThe server is up. Try, with .venv/bin in front or on your PATH:\n"
        f"  export INCAHOOTS_HOME={shlex.quote(str(home))}\n"
        f"  {command('edges', given=[run.run_id])}\n"
        f"  incahoots query how_do_communities_overlap_operations run_id={run.run_id}\n"
        "  incahoots coordinate co_link --window 5m --leader\n"
        f"\nNeo4j Browser, signed in, with a guide: {write_page(info, link(info)).as_uri()}\n"
        "\nStop it with: make down"
    )


if __name__ == "__main__":
    # What the screen says while no step has a name.
    main(prog_name="incahoots demo")
