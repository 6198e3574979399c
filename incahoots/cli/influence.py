"""``incahoots influence``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from incahoots.analytics.influence.options import ABSENT, ALL, ENTITIES, InfluenceOptions
from incahoots.cli import complete
from incahoots.cli.asked import Date, as_epoch, asked
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import Window, connected
from incahoots.cli.output import count, end, print_first, print_json, say, showing_progress
from incahoots.progress import part

#: Tables with rows of every network: how many times --limit rows they have (pairs of classes belong together), and the
#: columns that a narrow terminal leaves out, the first before the others.
_SHOWN: dict[str, tuple[int, tuple[str, ...]]] = {
    "accounts": (1, ("in_degree", "out_degree")),
    "classes": (4, ("targets", "sources", "shuffled_share")),
    "split": (4, ()),
}

# Importing what the function needs takes a second: it imports it when it is called, not for the help.

_FILE = click.Path(path_type=Path, dir_okay=False)
_DATE = Date(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
_ENTITIES = click.Choice([*ENTITIES, ALL])


@dataclass(frozen=True)
class _Files:
    """The files to read and to write."""

    labels: Path | None = None
    output: Path | None = None
    picture: Path | None = None


@click.group(invoke_without_command=True)
@click.option(
    "--bin",
    type=Window(),
    default=InfluenceOptions.bin,
    show_default=True,
    help="Length of a time bin, such as 10m, 1h or 1d.",
)
@click.option(
    "--min-posts",
    type=click.IntRange(1),
    default=InfluenceOptions.min_posts,
    show_default=True,
    help="Minimum number of posts of an account.",
)
@click.option(
    "--exclude-hashtag",
    "exclude",
    multiple=True,
    metavar="TAG",
    help="Leave out a hashtag by which the posts were collected; may be repeated.",
)
@click.option(
    "--entity",
    type=_ENTITIES,
    default=InfluenceOptions.entity,
    show_default=True,
    help="What accounts are active about.",
)
@click.option("--since", type=_DATE, callback=as_epoch, metavar="DATE", help="First day, UTC, such as 2020-02-24.")
@click.option("--until", type=_DATE, callback=as_epoch, metavar="DATE", help="Day after the last day, UTC.")
@click.option(
    "--split",
    type=_DATE,
    metavar="DATE",
    help="Compare the posts before this day with the others; writes two more runs.",
)
@click.option(
    "--lag",
    type=click.IntRange(1),
    default=InfluenceOptions.lag,
    show_default=True,
    help="Number of bins after the source in which the target must be active.",
)
@click.option(
    "--absent",
    type=click.Choice(ABSENT),
    default=InfluenceOptions.absent,
    show_default=True,
    help="What to do with an entity that one of the two accounts never uses: count it as unrelated (neutral), "
    "or ignore it (skip).",
)
@click.option(
    "--significance",
    is_flag=True,
    help="Test whether each edge could be explained by daily rhythms, or by general activity at that time; tables of "
    "classes then count only significant edges.",
)
@click.option(
    "--retweets/--no-retweets",
    default=InfluenceOptions.retweets,
    show_default=True,
    help="Whether to consider retweets.",
)
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Only accounts of this operation.",
)
@click.option(
    "--labels",
    metavar="FILE",
    type=_FILE,
    help="Classes of accounts: a .csv of account_id and label (default: accounts that are attributed to a state).",
)
@click.option("--run", "run_id", metavar="NAME", default="influence", show_default=True, help="Name of the run.")
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write the edges to .csv or .parquet.")
@click.option("--picture", metavar="FILE", type=_FILE, help="Draw the network of --entity: .png, .svg or .pdf.")
@click.option(
    "--keep",
    "limit",
    type=click.IntRange(1),
    default=InfluenceOptions.limit,
    show_default=True,
    help="Maximum number of edges of a network, the heaviest first.",
)
@click.option(
    "--limit",
    "n_rows",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Rows to print per table, shared among the networks (tables of classes: four times as many); 0 prints all.",
)
@connected
@asked(InfluenceOptions)
@asked(_Files)
def influence(
    context: Context, options: InfluenceOptions, files: _Files, run_id: str, split: datetime | None, n_rows: int
) -> None:
    """Find accounts that post about the same things shortly before other accounts, by timing alone.

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
    from incahoots.analytics.networks import exports
    from incahoots.analytics.tables import read_lookup

    if files.output:
        exports.check_format(files.output, (".csv", ".parquet"))
    if files.picture:
        exports.check_format(files.picture, pictures.FORMATS)
    known = read_lookup(files.labels, "account_id", "label") if files.labels else None
    parts = None
    with showing_progress(context) as progress, context.connect() as database:
        if split:
            at = int(split.replace(tzinfo=UTC).timestamp())
            parts = analytics.influence_split(database, at, options, run_id=run_id, progress=progress)
            found = parts.whole
        else:
            found = analytics.influence(database, options, run_id=run_id, progress=progress)
        classes = fetch_labels(database) if known is None else known
    if files.output:
        exports.write_table(found.edges, files.output)
        say(context, f"{len(found.edges):,} edges written to {files.output}")
    drawn = found.significant[found.significant["entity"] == options.entity]
    if files.picture and len(drawn):
        title = f"{options.entity}, bins of {options.bin_s} s, lag {options.lag}"
        pictures.save_picture(pictures.draw_influence(drawn, classes, title=title), files.picture)
        say(context, f"Picture written to {files.picture}")
    elif files.picture:
        warn(f"{files.picture} was not written: the network has no {'significant ' * options.significance}edges.")
    if files.labels and not set(classes) & set(found.accounts["account_id"]):
        warn(f"No account of the network has a label in {files.labels}.")
    with showing_progress(context) as progress, part(progress, "counting classes of edges", len(found.edges)):
        counted = class_table(found.significant, classes)
    tables = {
        "networks": (found.networks, "Networks"),
        "accounts": (found.accounts, "Top influencers"),
        "classes": (counted, "Edges by class of source and target, and with labels shuffled"),
    }
    if parts:
        compared = before_and_after(parts.before.significant, parts.after.significant, classes)
        tables["split"] = (compared, f"Edges within a class, before {split:%Y-%m-%d} and after")
        tables["halves"] = (parts.networks, "Networks before and after; means are over the entities of both")
    counts = found.significant["entity"].value_counts()
    significant = {network: int(counts.get(network, 0)) for network in sorted(found.edges["entity"].unique())}
    if context.json:
        about = {"run_id": run_id, "since": found.range.since, "until": found.range.until}
        about |= {"significant": significant} if options.significance else {}
        print_json(about | {name: table.to_dict(orient="records") for name, (table, _) in tables.items()})
        return
    cut = False
    for name, (table, title) in tables.items():
        times, spare = _SHOWN.get(name, (0, ()))
        by = ("entity",) if times else ()
        cut |= print_first(context, table, title, times * n_rows, by=by, spare=spare)
    if cut:
        say(context, "--limit 0 prints all rows; --json has all rows and columns.")
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
    end(context, words, "why", "--", run_id, str(first["source"]), str(first["target"]))


@influence.command("first-posters")
@click.option("--run", "run_id", metavar="NAME", default="influence", show_default=True, help="A run of influence.")
@click.option("--entity", type=_ENTITIES, help="Only entities of this type (default: those of the run).")
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write the table of entities to .csv or .parquet.")
@click.option(
    "--limit", type=click.IntRange(0), default=10, show_default=True, help="Rows to print of a table; 0 prints all."
)
@connected
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
    from incahoots.analytics.networks import exports

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    with showing_progress(context) as progress, context.connect() as database:
        found = ranked(database, run_id=run_id, entity=entity, progress=progress)
    if output:
        exports.write_table(found.entities, output)
        say(context, f"{len(found.entities):,} entities written to {output}")
    tables = {"accounts": found.accounts, "entities": found.entities}
    if context.json:
        print_json({"run_id": run_id} | {name: table.to_dict(orient="records") for name, table in tables.items()})
        return
    cut = print_first(context, found.accounts, "Accounts that post first more often than expected", limit)
    cut |= print_first(context, found.entities, "Entities by accounts that followed within the lag", limit)
    if cut:
        say(context, "--limit 0 prints all rows; --json has all rows and columns.")
    if found.entities.empty:
        end(context, "No entities: no two accounts post about the same one,")
        return
    end(context, f"{count(len(found.entities), 'entity', 'entities')}, {count(len(found.accounts), 'account')},")
