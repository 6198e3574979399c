"""``incahoots influence``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.options import Context, Window, connected
from incahoots.cli.output import count, end, print_first, print_json, progress, say, warn
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

#: The false discovery rate of edges that count as significant.
ALPHA = 0.05

#: Of tables that networks share the rows of: how many times --limit they have, as pairs of classes belong together, and
#: columns that a narrow terminal goes without, the first before the others.
_SHOWN: dict[str, tuple[int, tuple[str, ...]]] = {
    "accounts": (1, ("in_degree", "out_degree")),
    "classes": (4, ("targets", "sources", "shuffled_share")),
    "split": (4, ()),
}

# Importing what the function needs takes a second: it imports it when it is called, not for the help.

_FILE = click.Path(path_type=Path, dir_okay=False)
_DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group(invoke_without_command=True)
@click.option("--bin", "bin_s", type=Window(), default="1h", show_default=True, help="Length of a bin: 10m, 1h, 1d.")
@click.option("--min-posts", type=click.IntRange(1), default=60, show_default=True, help="Least posts of an account.")
@click.option("--exclude-hashtag", "exclude", multiple=True, metavar="TAG", help="Leave out: a term of the search.")
@click.option(
    "--entity",
    type=click.Choice(["hashtag", "url", "mention", "all"]),
    default="all",
    show_default=True,
    help="What accounts are active about.",
)
@click.option("--since", type=_DATE, metavar="DATE", help="First day, UTC: 2020-02-24.")
@click.option("--until", type=_DATE, metavar="DATE", help="The day after the last, UTC.")
@click.option("--split", type=_DATE, metavar="DATE", help="Compare before this day with from it on, as two more runs.")
@click.option(
    "--lag", type=click.IntRange(1), default=1, show_default=True, help="Bins by which the follower is later."
)
@click.option(
    "--absent",
    type=click.Choice(["neutral", "skip"]),
    default="neutral",
    show_default=True,
    help="Entities in which one of two never acts: a distance of 1, or left out of their mean.",
)
@click.option(
    "--significance",
    is_flag=True,
    help="Test edges against shifts in time and against the crowd; classes are of significant ones.",
)
@click.option("--retweets/--no-retweets", default=True, show_default=True, help="Whether to consider retweets.")
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Only accounts of this operation.",
)
@click.option("--labels", metavar="FILE", type=_FILE, help="A .csv of account_id and label (default: state-linked).")
@click.option("--run", "run_id", metavar="NAME", default="influence", show_default=True, help="Name of the run.")
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write the edges: .csv or .parquet.")
@click.option("--picture", metavar="FILE", type=_FILE, help="Draw the network of --entity: .png, .svg or .pdf.")
@click.option("--keep", type=click.IntRange(1), default=100_000, show_default=True, help="Heaviest edges of a network.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Rows of a table, some of each network; 0 prints all.",
)
@connected
def influence(
    context: Context,
    bin_s: int,
    min_posts: int,
    exclude: tuple[str, ...],
    entity: str,
    since: datetime | None,
    until: datetime | None,
    split: datetime | None,
    lag: int,
    absent: str,
    significance: bool,
    retweets: bool,
    operation_id: str | None,
    labels: Path | None,
    run_id: str,
    output: Path | None,
    picture: Path | None,
    keep: int,
    limit: int,
) -> None:
    """Find who acts one step before whom, from timing alone.

    An account is active in a bin of time if it posts about an entity: a hashtag, a URL or a mentioned account. An edge
    says that one is often active right after another, and quiet otherwise: its weight is one minus the coordination
    distance, averaged over entities. Who is early is not who gives orders: read the posts. Written back as
    (:Account)-[:INFLUENCES]->(:Account), as a run: one of that name is replaced. `incahoots why RUN LEADER FOLLOWER`
    shows the posts.

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
    check_names(context, operations=[operation_id])
    import pandas as pd

    from incahoots.analytics import exports, pictures
    from incahoots.analytics.influence.classes import before_and_after, class_table, fetch_labels
    from incahoots.analytics.influence.observations import time_range
    from incahoots.analytics.influence.run import influence as computed
    from incahoots.analytics.lookup import read_lookup

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    if picture:
        exports.check_format(picture, pictures.FORMATS)
    known = read_lookup(labels, "account_id", "label") if labels else None
    options = {
        "bin": bin_s,
        "entity": entity,
        "min_posts": min_posts,
        "exclude": exclude,
        "lag": lag,
        "absent": absent,
        "retweets": retweets,
        "operation_id": operation_id,
        "limit": keep,
        "significance": significance,
    }
    with progress(context) as report, context.connect() as database:
        if split:
            # Before anything is computed, or an earlier run replaced.
            time_range(
                database, bin_s, _epoch(since), _epoch(until), min_posts=min_posts, operation_id=operation_id
            ).split(_seconds(split))
        found = computed(
            database,
            since=_epoch(since),
            until=_epoch(until),
            run_id=run_id,
            report=report,
            **options,  # type: ignore[arg-type]
        )
        classes = fetch_labels(database) if known is None else known
        halves = []
        if split:
            for half, name in zip(found.range.split(_seconds(split)), ("before", "after"), strict=True):
                halves.append(
                    computed(
                        database,
                        since=half.since,
                        until=half.until,
                        run_id=f"{run_id}-{name}",
                        sizes=found.sizes,
                        report=report,
                        **options,  # type: ignore[arg-type]
                    )
                )
    if output:
        exports.write_table(found.edges, output)
        say(context, f"{len(found.edges):,} edges written to {output}")
    drawn = _tested(found.edges[found.edges["entity"] == entity])
    if picture and len(drawn):
        title = f"{entity}, bins of {bin_s} s, lag {lag}"
        pictures.save_picture(pictures.draw_influence(drawn, classes, title=title), picture)
        say(context, f"Drawn in {picture}")
    elif picture:
        warn(f"{picture} is not drawn: there are no {'significant ' * significance}edges.")
    if labels and not set(classes) & set(found.accounts["account_id"]):
        warn(f"No account of the network has a label in {labels}.")
    with progress(context) as report, part(report, "counting classes of edges", len(found.edges)):
        counted = class_table(_tested(found.edges), classes)
    tables = {
        "networks": (found.networks, "Networks"),
        "accounts": (found.accounts, "Top influencers"),
        "classes": (counted, "Edges by class, and by classes dealt out by chance"),
    }
    if halves:
        table = before_and_after(_tested(halves[0].edges), _tested(halves[1].edges), classes)
        tables["split"] = (table, f"Within a class, before {split:%Y-%m-%d} and after")
        sizes = pd.concat(
            [half.networks.assign(part=name) for half, name in zip(halves, ("before", "after"), strict=True)]
        )
        tables["halves"] = (sizes, "Networks of the two parts; means are over the entities of both")
    sure = {network: len(_tested(own)) for network, own in found.edges.groupby("entity")}
    if context.json:
        about = {"run_id": run_id, "since": found.range.since, "until": found.range.until}
        about |= {"significant": sure} if significance else {}
        print_json(about | {name: table.to_dict(orient="records") for name, (table, _) in tables.items()})
        return
    cut = False
    for name, (table, title) in tables.items():
        times, spare = _SHOWN.get(name, (0, ()))
        by = ("entity",) if times else ()
        cut |= print_first(context, table, title, times * limit, by=by, spare=spare)
    if cut:
        say(context, "--limit 0 prints all rows; --json has all rows and columns.")
    if significance:
        for network, own in found.edges.groupby("entity"):
            say(context, f"{network}: {sure[network]:,} of {len(own):,} edges are significant.")
    if found.edges.empty:
        end(context, "No edges: nobody acts one step before anybody,", hint="Try another --bin, or fewer --min-posts.")
        return
    first = found.edges.sort_values("weight", ascending=False, kind="stable").iloc[0]
    n = len({*found.edges["source"], *found.edges["target"]})
    words = f"{count(len(found.edges), 'edge')} between {count(n, 'account')}"
    end(context, words, "why", "--", run_id, str(first["source"]), str(first["target"]))


@influence.command("first-posters")
@click.option("--run", "run_id", metavar="NAME", default="influence", show_default=True, help="A run of influence.")
@click.option(
    "--entity", type=click.Choice(["hashtag", "url", "mention", "all"]), help="Only of this type (default: the run's)."
)
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write the table of entities: .csv or .parquet.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="Rows of a table; 0 prints all.")
@connected
def first_posters(context: Context, run_id: str, entity: str | None, output: Path | None, limit: int) -> None:
    """Name who posts first about each hashtag, URL and mentioned account.

    And who is first more often than would be if the posts about each were dealt out anew. Of the posts that a run of
    `incahoots influence` considered. First is first of what is loaded.

    \b
    Examples:
      incahoots influence first-posters
      incahoots influence first-posters --entity url -o first.csv
    """
    check_names(context, run_id, kinds=("influence",))
    from incahoots.analytics import exports
    from incahoots.analytics.influence.first_posters import first_posters as ranked

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    with progress(context) as report, context.connect() as database:
        found = ranked(database, run_id=run_id, entity=entity, report=report)
    if output:
        exports.write_table(found.entities, output)
        say(context, f"{len(found.entities):,} entities written to {output}")
    tables = {"accounts": found.accounts, "entities": found.entities}
    if context.json:
        print_json({"run_id": run_id} | {name: table.to_dict(orient="records") for name, table in tables.items()})
        return
    cut = print_first(context, found.accounts, "Who is first most often, for how much they post", limit)
    cut |= print_first(context, found.entities, "What is taken up most within the lag, and who posted it first", limit)
    if cut:
        say(context, "--limit 0 prints all rows; --json has all rows and columns.")
    if found.entities.empty:
        end(context, "No two accounts post about the same:")
        return
    end(context, f"{count(len(found.entities), 'entity', 'entities')}, {count(len(found.accounts), 'account')},")


def _tested(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges that are significant, where they were tested; else all."""
    return edges[edges["p_adjusted"] <= ALPHA] if "p_adjusted" in edges else edges


def _seconds(moment: datetime) -> int:
    """Epoch seconds of a moment that was given in UTC."""
    return int(moment.replace(tzinfo=UTC).timestamp())


def _epoch(moment: datetime | None) -> int | None:
    """The same, or None."""
    return None if moment is None else _seconds(moment)
