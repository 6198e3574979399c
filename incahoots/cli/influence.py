"""``incahoots influence``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click

from incahoots.analytics.influence.options import ALL, ENTITIES, InfluenceOptions
from incahoots.cli.asked import FILE, as_epoch, asks, date, gathered, option, options_of, output, rows, run_name, whole
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected
from incahoots.cli.output import PICTURES, TABLES, Shown, count, end, print_tables, save_table, say, showing_progress
from incahoots.progress import part

#: Columns that a narrow terminal leaves out, the first before the others; --json has all.
_SPARE = {"accounts": ("in_degree", "out_degree"), "classes": ("targets", "sources", "shuffled_share")}

# Importing what the function needs takes a second: it imports it when it is called, not for the help.

_DATE = date("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")


@click.group(invoke_without_command=True)
@connected
@options_of(
    InfluenceOptions,
    exclude=option("--exclude-hashtag", metavar="TAG"),
    since=option(type=_DATE, callback=as_epoch, help="First day, UTC, such as 2020-02-24."),
    until=option(type=_DATE, callback=as_epoch, help="Day after the last day, UTC."),
    limit=option("--keep", type=whole(1)),
)
@gathered
@run_name("influence")
@asks("--split", words="Compare the posts before this day with the others; writes two more runs.", type=_DATE)
@asks(
    "--labels", metavar="FILE", type=FILE,
    words="Classes of accounts: a .csv of account_id and label (default: accounts that are attributed to a state).",
)  # fmt: skip
@output("Write the edges to .csv or .parquet.", *TABLES)
@output("Draw the network of --entity: .png, .svg or .pdf.", *PICTURES, name="--picture")
@rows(10, "Rows to print per table, shared among the networks (tables of classes: four times as many); 0 prints all.")
def influence(context: Context, options: InfluenceOptions, given: SimpleNamespace) -> None:
    """Find accounts that post about the same things shortly before others.

    An account is active in a time bin if it posts about an entity: a hashtag, a URL or a mentioned account. An edge
    goes from source to target if the target is often active one lag after the source, and inactive otherwise. Weight:
    above 0 if the target acts one lag after the source more often than an independent account would; at most 1; the
    mean over entities. Acting first does not mean giving orders: read the posts with `incahoots why RUN SOURCE TARGET`.
    The edges are written as (:Account)-[:INFLUENCES]->(:Account) in a run; a run of the same name is replaced.

    \b
    Examples:
      incahoots influence
      incahoots influence --entity hashtag --exclude-hashtag xinjiang --min-posts 30
      incahoots influence --split 2021-01-19 --labels classes.csv
      incahoots influence --bin 10m --lag 2 --run early -o edges.parquet
      incahoots influence first-posters
    """
    if click.get_current_context().invoked_subcommand:
        return
    check_names(context, operations=[options.operation_id])
    from incahoots.analytics import pictures
    from incahoots.analytics.influence import influence as analytics
    from incahoots.analytics.influence.classes import before_and_after, class_table, fetch_labels
    from incahoots.analytics.tables import read_lookup

    known = read_lookup(given.labels, "account_id", "label") if given.labels else None
    parts = None
    with showing_progress(context) as progress, context.connect() as database:
        if given.split:
            at = int(given.split.timestamp())
            parts = analytics.influence_split(database, at, options, run_id=given.run_id, progress=progress)
            found = parts.whole
        else:
            found = analytics.influence(database, options, run_id=given.run_id, progress=progress)
        classes = fetch_labels(database) if known is None else known
    save_table(context, found.edges, given.output, "edge")
    drawn = found.significant[found.significant["entity"] == options.entity]
    if given.picture and len(drawn):
        title = f"{options.entity}, bins of {options.bin_s} s, lag {options.lag}"
        pictures.save_picture(pictures.draw_influence(drawn, classes, title=title), given.picture)
        say(context, f"Picture written to {given.picture}")
    elif given.picture:
        warn(f"{given.picture} was not written: the network has no {'significant ' * options.significance}edges.")
    if given.labels and not set(classes) & set(found.accounts["account_id"]):
        warn(f"No account of the network has a label in {given.labels}.")
    with showing_progress(context) as progress, part(progress, "counting classes of edges", len(found.edges)):
        counted = class_table(found.significant, classes)
    tables = {"networks": found.networks, "accounts": found.accounts, "classes": counted}
    titles = {
        "networks": "Networks", "accounts": "Top influencers",
        "classes": "Edges by class of source and target, and with labels shuffled",
        "split": f"Edges within a class, before {given.split:%Y-%m-%d} and after" if given.split else "",
        "halves": "Networks before and after; means are over the entities of both",
    }  # fmt: skip
    if parts:
        tables["split"] = before_and_after(parts.before.significant, parts.after.significant, classes)
        tables["halves"] = parts.networks
    counts = found.significant["entity"].value_counts()
    significant = {network: int(counts.get(network, 0)) for network in sorted(found.edges["entity"].unique())}
    about = {"run_id": given.run_id, "since": found.range.since, "until": found.range.until}
    about |= {"significant": significant} if options.significance else {}
    # Pairs of classes belong together.
    limits = {"networks": 0, "halves": 0, "classes": 4 * given.limit, "split": 4 * given.limit}
    more = "--json has all rows and columns"
    if print_tables(context, tables, Shown(titles, given.limit, more, limits, ("entity",), _SPARE), about):
        return
    if options.significance:
        for network, number in significant.items():
            n_edges = int((found.edges["entity"] == network).sum())
            say(context, f"{network}: {number:,} of {n_edges:,} edges are significant.")
    if found.edges.empty:
        words = "No edges: no account acts one step before another,"
        end(context, words, hint="Try another --bin, or a lower --min-posts.")
        return
    first = found.edges.sort_values("weight", ascending=False, kind="stable").iloc[0]
    n = len({*found.edges["source"], *found.edges["target"]})
    words = f"{count(len(found.edges), 'edge')} between {count(n, 'account')}"
    end(context, words, "why", "--", given.run_id, str(first["source"]), str(first["target"]))


@influence.command("first-posters")
@connected
@run_name("influence", "A run of influence.")
@click.option("--entity", type=click.Choice([*ENTITIES, ALL]), help="Only entities of this type (default: the run's).")
@output("Write the table of entities to .csv or .parquet.", *TABLES)
@rows(10)
def first_posters(context: Context, run_id: str, entity: str | None, output: Path | None, limit: int) -> None:
    """Find which account posts first about each hashtag, URL and mentioned account.

    Also find the accounts that are first more often than they would be if the posts about each entity were shuffled.
    The posts are those that a run of `incahoots influence` considered: an account is first among the posts that are
    loaded.

    \b
    Examples:
      incahoots influence first-posters
      incahoots influence first-posters --entity url -o first.csv
    """
    check_names(context, run_id, kind="influence")
    from incahoots.analytics.influence.first_posters import first_posters as ranked

    with showing_progress(context) as progress, context.connect() as database:
        found = ranked(database, run_id=run_id, entity=entity, progress=progress)
    save_table(context, found.entities, output, "entity", "entities")
    tables = {"accounts": found.accounts, "entities": found.entities}
    titles = {
        "accounts": "Accounts that post first more often than expected",
        "entities": "Entities by accounts that followed within the lag",
    }
    if print_tables(context, tables, Shown(titles, limit, "--json has all rows and columns"), {"run_id": run_id}):
        return
    if found.entities.empty:
        end(context, "No entities: no two accounts post about the same one,")
        return
    end(context, f"{count(len(found.entities), 'entity', 'entities')}, {count(len(found.accounts), 'account')},")
