"""``incahoots interstate``, of all states or of a pair."""

from __future__ import annotations

from pathlib import Path

import click

from incahoots.cli.options import Context, connected
from incahoots.cli.output import print_json, print_table, progress, say, warn
from incahoots.errors import UsageError

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(invoke_without_command=True)
@click.option("--merge", "merges", multiple=True, metavar="STATE=NAME", help="Count a state under another name.")
@click.option("--without", multiple=True, metavar="OPERATION", help="Leave an operation out.")
@click.option("--run", "run_id", metavar="NAME", default="interstate", show_default=True, help="Name of the run.")
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Draw the network of states: .png, .svg or .pdf.")
@click.option("--months", metavar="FILE", type=_FILE, help="Draw acts by month, a panel a state: .png, .svg or .pdf.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows of a table; 0 prints all.")
@click.option("--seed", type=int, default=42, show_default=True, help="For the sample of other posts.")
@connected
def interstate(
    context: Context,
    merges: tuple[str, ...],
    without: tuple[str, ...],
    run_id: str,
    output: Path | None,
    months: Path | None,
    limit: int,
    seed: int,
) -> None:
    """Find who acts on whom across states: counts, networks, times and engagement.

    An act is a post that retweets, quotes, replies to or mentions another account. Between accounts that are attributed
    to two states it is inter-state, within one intra-state, else external. Attribution is the publisher's claim.
    Written back as (:Account)-[:INTERACTED]->(:Account) and (:State)-[:INTERACTED_WITH]->(:State).

    \b
    Examples:
      incahoots interstate
      incahoots interstate --merge "Egypt=Egypt & UAE" --merge "UAE=Egypt & UAE"
      incahoots interstate -o states.png --months months.svg
      incahoots interstate pair Cuba Venezuela --snapshots 2016,2017
      incahoots interstate --without egypt_uae_sa_2020 --json
    """
    if click.get_current_context().invoked_subcommand:
        return
    from incahoots.analytics import exports, pictures
    from incahoots.analytics.interstate.run import interstate as computed

    for file in filter(None, (output, months)):
        exports.check_format(file, pictures.FORMATS)
    merge = dict(_renamed(words) for words in merges)
    with progress(context) as report, context.connect() as database:
        found = computed(database, merge=merge, without=without, run_id=run_id, seed=seed, report=report)
    if output:
        pictures.save_picture(pictures.draw_states(found.edges, found.states), output)
    if months:
        pictures.save_picture(pictures.draw_months(found.months), months)
    tables = {
        "states": found.states, "edges": found.edges, "peaks": found.peaks, "engagement": found.engagement,
        "engagement_external": found.engagement_external, "left_out": found.left_out, "roles": found.roles,
        "administrators": found.administrators, "hashtags": found.hashtags, "ambiguous": found.ambiguous,
    }  # fmt: skip
    if context.json:
        rows = {name: table.to_dict(orient="records") for name, table in tables.items()}
        about = {"reciprocity": found.reciprocity, "hashtag_network": found.hashtag_network}
        print_json({"run_id": run_id} | about | rows)
        return
    for name, title in _TITLES.items():
        if len(tables[name]):
            print_table(context, tables[name].head(limit) if limit else tables[name], title)
    say(context, f"Reciprocity of the network of states: {found.reciprocity:.3f}.")
    if len(found.ambiguous):
        warn(f"{len(found.ambiguous):,} accounts are attributed to several states and count for none; see --merge.")


_TITLES = {
    "states": "Acts by state",
    "edges": "Between states",
    "peaks": "When",
    "engagement": "Engagement: acts on other states against acts within",
    "engagement_external": "Engagement: acts on other states against others",
    "left_out": "Not compared",
    "roles": "Accounts between states, the most active first",
    "administrators": "Who may lead a group, for a person to confirm",
    "hashtags": "Hashtags of most acts between states",
}


def _renamed(words: str) -> tuple[str, str]:
    """Read ``STATE=NAME``."""
    state, equals, name = words.partition("=")
    if not (state and equals and name):
        raise UsageError(f"--merge {words!r} names no two states.", "Write it as STATE=NAME.")
    return state, name


@interstate.command()
@click.argument("one", metavar="STATE")
@click.argument("other", metavar="STATE")
@click.option("--snapshots", metavar="YEARS", help="Years with commas: counts of each, of before and of after.")
@click.option("--categories", metavar="FILE", type=_FILE, help="A .csv of domain and category, beside known platforms.")
@click.option("--merge", "merges", multiple=True, metavar="STATE=NAME", help="Count a state under another name.")
@click.option("--without", multiple=True, metavar="OPERATION", help="Leave an operation out.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows of a table; 0 prints all.")
@click.option("--seed", type=int, default=42, show_default=True, help="For the clusters.")
@connected
def pair(
    context: Context,
    one: str,
    other: str,
    snapshots: str | None,
    categories: Path | None,
    merges: tuple[str, ...],
    without: tuple[str, ...],
    limit: int,
    seed: int,
) -> None:
    """Look at two states: who acts on whom, in which clusters, when, and with which links.

    Links are counted by what their domains are; none is opened.

    \b
    Examples:
      incahoots interstate pair Cuba Venezuela
      incahoots interstate pair Russia Iran --snapshots 2016,2017 --json
    """
    from incahoots.analytics.interstate.case_study import read_categories, read_years, study

    years = read_years(snapshots) if snapshots else ()
    named = read_categories(categories) if categories else None
    with progress(context) as report, context.connect() as database:
        found = study(
            database, one, other, years=years, categories=named, merge=dict(map(_renamed, merges)), without=without,
            seed=seed, report=report,
        )  # fmt: skip
    tables = {name: getattr(found, name) for name in _OF_A_PAIR}
    if context.json:
        print_json({name: table.to_dict(orient="records") for name, table in tables.items()})
        return
    for name, title in _OF_A_PAIR.items():
        if len(tables[name]):
            print_table(context, tables[name].head(limit) if limit else tables[name], title)


_OF_A_PAIR = {
    "directions": "Acts in both directions",
    "accounts": "Clusters, and who is central in each",
    "bridges": "Between clusters",
    "snapshots": "When",
    "links": "Links of their posts",
    "profile_links": "Links of their profiles",
}
