"""The commands ``coordinate``, ``runs``, ``drop``, ``edges``, ``why`` and ``communities``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click

from incahoots.analytics.networks.formats import FORMATS
from incahoots.cli import complete
from incahoots.cli.asked import NUMBER, WINDOW, Decorator, OneOf, asks, gathered, output, rows, whole
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.names import with_names
from incahoots.cli.options import connected
from incahoots.cli.output import (
    count,
    end,
    end_with_file,
    first,
    print_record,
    print_run,
    print_table,
    say,
    showing_progress,
)
from incahoots.cypher import behaviours as table

#: A copy of `incahoots.analytics.coordination.request.ENGINE_NAMES`, which is slow to import.
_ENGINES = ("auto", "cypher", "columnar")

#: A copy of `incahoots.analytics.coordination.co_similarity.MEASURES`, which is slow to import.
_MEASURES = ("jaccard", "lexical", "embeddings")

#: Pairs of posts that `why` prints of each behaviour.
_PAIRS = 20

# Each command imports its functions when it is called, because that takes a second.


#: Arguments and options that several commands have.
run_argument = click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
new_run = asks(
    "--run", "run_id", words="Name of the run, which is replaced (default: behaviours and window).", metavar="NAME"
)
only_behaviours = asks(
    "--behaviour", "behaviours", words="Only this behaviour; may be repeated.", multiple=True, metavar="NAME",
    shell_complete=complete.behaviours,
)  # fmt: skip
only_operation = asks(
    "--operation", "operation_id", words="Only accounts of this operation.", metavar="ID",
    shell_complete=complete.operations,
)  # fmt: skip
with_retweets = click.option(
    "--retweets/--no-retweets", default=None,
    help="Include retweets (default: included for co_hashtag and co_mention, excluded for co_link).",
)  # fmt: skip
min_weight = asks("--min-weight", words="Minimum weight of an edge.", default=2, type=whole(1))
leader = asks(
    "--leader", default=False, words="Count a post of the source only if the target's matching post comes after it."
)


def behaviours_argument(metavar: str) -> Decorator:
    """Add the argument of commands that derive networks."""
    return click.argument("behaviours", metavar=metavar, nargs=-1, required=True, shell_complete=complete.behaviours)


@click.command(epilog="Behaviours: " + ", ".join(row.name for row in table.BEHAVIOURS.values() if row.share))
@behaviours_argument("BEHAVIOUR...|all")
@asks(
    "--window", type=WINDOW, required=True,
    words="Longest time between matching posts: 60s, 5m, 1h, 1d; 0s: the same second.",
)  # fmt: skip
@connected
@gathered
@min_weight
@only_operation
@leader
@with_retweets
@asks("--loops", words="Also match posts of an account with each other.", default=False)
@asks("--measure", words="For co_similarity: how to compare texts.", type=OneOf(_MEASURES))
@asks("--threshold", words="For co_similarity: minimum similarity of two texts (default: 0.8).", type=NUMBER)
@asks("--min-document-size", words="For co_similarity by jaccard: minimum number of words (default: 1).", type=whole())
@asks("--model", words="For co_similarity by embeddings: a sentence-transformers model.", metavar="NAME|DIR")
@asks(
    "--engine",
    words="What derives the networks: queries in the database, or the post store, which is faster.",
    default="auto",
    type=OneOf(_ENGINES),
)
@new_run
def coordinate(context: Context, behaviours: tuple[str, ...], window: int, given: SimpleNamespace) -> None:
    """Derive coordination networks and save them as a run (a named result).

    The weight of an edge from u to v is the number of u's posts that match a post of v: they share a trace, such as a
    link, within the window. link+mention requires both matches in the same pair of posts. all means co_retweet,
    co_tweet, co_link, co_hashtag, co_mention and co_reply; name others explicitly.

    An edge does not prove an operation: newsrooms, for example, also post the same links at the same time. Check the
    posts.

    \b
    Examples:
      incahoots coordinate all --window 60s
      incahoots coordinate all co_post --window 60s
      incahoots coordinate co_link co_retweet --window 5m --min-weight 3 --run links
      incahoots coordinate co_hashtag --window 1h --operation ru_2019 --leader
      incahoots coordinate link+mention --window 5m
      incahoots coordinate co_similarity --window 60s --threshold 0.7
    """
    check_names(context, behaviours=behaviours, operations=[given.operation_id])
    from incahoots.analytics.coordination import co_similarity, coordinate as coordination

    options = vars(given)
    texts = {name: options.pop(name) for name in ("measure", "threshold", "min_document_size", "model")}
    texts = {name: value for name, value in texts.items() if value is not None}
    similarity = co_similarity.Similarity(**texts) if texts else None
    # Check the options before looking for a server.
    coordination.requested(behaviours, window, similarity, **{key: options[key] for key in options if key != "run_id"})
    with showing_progress(context) as progress, context.connect() as database:
        done = coordination.coordinate(
            database, behaviours, window, similarity=similarity, progress=progress, **options
        )
    print_run(context, done)


#: Parameters of runs that do not fit into the table; --json prints them.
HIDDEN = (
    "kind", "version", "retweets", "alpha", "measure", "threshold", "min_document_size", "model", "top",
    "min_traces", "min_accounts",
)  # fmt: skip


@click.command()
@connected
def runs(context: Context) -> None:
    """List the runs, newest last.

    A run without ended_at is still running or was interrupted: repeat the command that derived it. The column
    unfinished, if any, names steps on a run that were interrupted: scores (repeat `incahoots communities`) or
    significance (repeat `incahoots significance`).

    \b
    Examples:
      incahoots runs
      incahoots runs --json
    """
    from incahoots.analytics.runs import store as kept

    with context.connect() as database:
        frame = kept.runs(database)
    spare = [] if frame["unfinished"].notna().any() else ["unfinished"]
    print_table(context, frame if context.json else frame.drop(columns=[*HIDDEN, *spare]))
    if frame.empty:
        end(context, "No runs", "coordinate", "all", "--window", "60s")
        return
    unfinished = int(frame["ended_at"].isna().sum())
    end(context, count(len(frame), "run") + f", {unfinished} of them not complete," * bool(unfinished))


@click.command()
@run_argument
@connected
def drop(context: Context, run_id: str) -> None:
    """Remove a run with its edges and scores.

    \b
    Examples:
      incahoots drop all-60s
    """
    from incahoots.analytics.runs import store as kept

    with showing_progress(context) as progress, context.connect() as database:
        removed = kept.drop(database, run_id, progress=progress)
    print_record(context, {"run_id": run_id, "edges_removed": removed})
    end(context, f"{count(removed, 'edge')} removed", "runs")


@click.command()
@run_argument
@connected
@output("Write all edges to a .csv, .parquet, .graphml or .gexf file instead of printing.", *FORMATS)
@rows(50, "Number of rows to print, heaviest first; 0 prints all. Files and JSON contain all.")
@gathered
@only_behaviours
@asks("--significant", words="Show only edges that `incahoots significance` found significant.", default=False)
@asks("--times", words="Add the times of the first and last post behind each edge, in UTC.", default=False)
def edges(context: Context, run_id: str, output: Path | None, limit: int, given: SimpleNamespace) -> None:
    """Show the edges of a run, or write them to a file.

    Edges of co_post come last, because they only show that two accounts were active at the same time. With --times, a
    .gexf file is a dynamic network for Gephi's timeline.

    \b
    Examples:
      incahoots edges all-60s
      incahoots edges all-60s --behaviour co_link --behaviour co_retweet
      incahoots edges all-60s --limit 0 | less -S
      incahoots edges all-60s -o network.gexf
      incahoots edges all-60s --times -o dynamic.gexf
    """
    check_names(context, run_id, behaviours=given.behaviours)
    from incahoots.analytics.coordination import timeline
    from incahoots.analytics.networks import exports
    from incahoots.analytics.runs import store as kept

    wanted = {row.name for row in table.chosen(given.behaviours)} if given.behaviours else None
    with showing_progress(context) as progress, context.connect() as database:
        frame = kept.edges(database, run_id, significant=given.significant, progress=progress)
        if wanted is not None:
            frame = frame[frame["behaviour"].isin(wanted)]
        if given.times:
            spans = timeline.edge_times(database, run_id, behaviours=wanted, progress=progress)
            frame = frame.merge(spans, on=timeline.EDGE, how="left")
        # A stable sort keeps the heaviest first.
        ordered = frame.sort_values("behaviour", key=lambda names: names == "co_post", kind="stable")
        shown = first(context, ordered, limit)
        named = with_names(context, database, shown, ("source", "target")) if output is None else shown
    if output is not None:
        exports.write(frame, output)
        end_with_file(context, len(frame), "edge", output, {"run_id": run_id, "edges": len(frame)})
        return
    print_table(context, named, spare=("source_name", "target_name"))
    if frame.empty:
        end(context, "No edges", hint="`incahoots runs` lists the parameters of the run.")
        return
    why_one = ("why", "--", run_id, *map(str, ordered.iloc[0][["source", "target"]]))
    if len(shown) < len(frame):
        hint = "--limit 0 prints all; -o writes a file."
        end(context, f"The heaviest {len(shown):,} of {len(frame):,} edges", *why_one, hint=hint)
    else:
        end(context, count(len(frame), "edge"), *why_one)


@click.command()
@run_argument
@click.argument("source")
@click.argument("target")
@click.option(
    "--limit", type=whole(0),
    help=f"Number of pairs of each behaviour, earliest first; 0 prints all (default: {_PAIRS}; all with --json).",
)  # fmt: skip
@connected
def why(context: Context, run_id: str, source: str, target: str, limit: int | None) -> None:
    """Show the pairs of posts behind an edge.

    SOURCE and TARGET are account ids, as `incahoots edges` prints them. gap_s is the time from the source's post to the
    target's, in seconds. In JSON, pairs is the total number of pairs of the behaviour, even if --limit shows fewer.

    \b
    Examples:
      incahoots why all-60s 1234567890 2345678901
      incahoots why all-60s 1234567890 2345678901 --limit 0
      incahoots why all-60s 1234567890 2345678901 --json
    """
    check_names(context, run_id, kind=None, accounts=[source, target])
    from incahoots.analytics.runs.evidence import evidence_of_edges

    most = limit if limit is not None else 0 if context.json else _PAIRS
    with showing_progress(context), context.connect() as database:
        found = evidence_of_edges(database, run_id, source, target, limit=most)
    frame = found.pairs
    print_table(context, frame.assign(pairs=frame["behaviour"].map(found.counts)) if context.json else frame)
    total = count(sum(found.counts.values()), "pair of posts", "pairs of posts")
    if found.left_out:
        left = ", ".join(f"{number:,} of {name}" for name, number in found.left_out.items())
        end(context, f"The first {len(frame):,} of {total}", hint=f"Omitted: {left}; --limit 0 prints all.")
    else:
        end(context, total)


@click.command()
@run_argument
@connected
@asks(
    "--algorithm", words="Community-detection algorithm.", default="louvain", type=click.Choice(["louvain", "leiden"])
)
@asks("--accounts", words="List accounts with their centralities instead of communities.", default=False)
@rows(20, "Number of rows to print; 0 prints all.")
def communities(context: Context, run_id: str, algorithm: str, accounts: bool, limit: int) -> None:
    """Find communities and central accounts in a run's network.

    The network consists of all behaviours of the run except co_post. Community, degree, weighted degree, eigenvector
    centrality, PageRank and betweenness of each account are stored in the relationship (:Account)-[:SCORED_IN]->(:Run).
    The database needs Graph Data Science.

    \b
    Examples:
      incahoots communities all-60s
      incahoots communities all-60s --algorithm leiden --accounts --json
    """
    check_names(context, run_id)
    from incahoots.analytics.networks import communities as detection

    with showing_progress(context) as progress, context.connect() as database:
        found = detection.communities(database, run_id, algorithm=algorithm, progress=progress)
        frame = found.accounts if accounts else found.table()
        shown = first(context, frame, limit)
        named = shown if accounts else with_names(context, database, shown, ("most_central",))
    # Where there are names, ids are left out first: --accounts has them.
    print_table(context, named, spare=("most_central",) if "most_central_name" in named else ())
    if found.betweenness_error:
        say(
            context,
            f"Betweenness is estimated from a sample of the accounts, with a standard error of at most "
            f"{found.betweenness_error:,.0f}.",
        )
    end(
        context,
        f"{count(found.n_communities, 'community', 'communities')} of {count(len(found.accounts), 'account')}, "
        f"modularity {found.modularity:.3f} ({algorithm}),",
        "clusters",
        run_id,
        hint="--limit 0 prints all rows." if 0 < limit < len(frame) else "",
    )
