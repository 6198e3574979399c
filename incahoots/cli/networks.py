"""The commands ``coordinate``, ``runs``, ``drop``, ``edges``, ``why`` and ``communities``."""

from __future__ import annotations

from pathlib import Path

import click

from incahoots.analytics.networks.formats import check_format
from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.names import with_names
from incahoots.cli.options import Window, connected
from incahoots.cli.output import count, end, print_json, print_record, print_run, print_table, say, showing_progress
from incahoots.cypher import behaviours as table

#: Pairs of posts that `why` prints of each behaviour.
_PAIRS = 20

# Each command imports its functions when it is called, because that takes a second.


@click.command(epilog="Behaviours: " + ", ".join(row.name for row in table.BEHAVIOURS.values() if row.share))
@click.argument("behaviours", metavar="BEHAVIOUR...|all", nargs=-1, required=True, shell_complete=complete.behaviours)
@click.option(
    "--window", type=Window(), required=True, help="Longest time between two matching posts: 60s, 5m, 1h, 1d."
)
@click.option("--min-weight", type=click.IntRange(1), default=2, show_default=True, help="Minimum weight of an edge.")
@click.option(
    "--run",
    "run_id",
    metavar="NAME",
    help="Name of the run (default: behaviours and window); an existing one is replaced.",
)
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Use only accounts of this operation.",
)
@click.option(
    "--leader",
    is_flag=True,
    help="Count a match only if the target posts after the source, so that edges point from the account that "
    "posts first to the one that posts later.",
)
@click.option("--loops", is_flag=True, help="Also match posts of an account with each other.")
@click.option(
    "--retweets/--no-retweets",
    default=None,
    help="Include retweets (default: included for co_hashtag and co_mention, excluded for co_link).",
)
@click.option(
    "--measure",
    metavar="jaccard|lexical|embeddings",
    shell_complete=complete.one_of("jaccard", "lexical", "embeddings"),
    help="For co_similarity: how to compare texts.",
)
@click.option("--threshold", type=float, help="For co_similarity: minimum similarity of two texts (default: 0.8).")
@click.option(
    "--min-document-size",
    type=int,
    help="For co_similarity by jaccard: minimum number of words of a text (default: 1).",
)
@click.option("--model", metavar="NAME|DIR", help="For co_similarity by embeddings: a sentence-transformers model.")
@connected
def coordinate(
    context: Context,
    behaviours: tuple[str, ...],
    window: int,
    min_weight: int,
    run_id: str | None,
    operation_id: str | None,
    leader: bool,
    loops: bool,
    retweets: bool | None,
    **similarity: float | str | None,
) -> None:
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
    check_names(context, behaviours=behaviours, operations=[operation_id])
    from incahoots.analytics.coordination import co_similarity, coordinate as coordination

    given = {name: value for name, value in similarity.items() if value is not None}
    alike = co_similarity.Similarity(**given) if given else None  # type: ignore[arg-type]
    with showing_progress(context) as progress, context.connect() as database:
        done = coordination.coordinate(
            database, behaviours, window, min_weight=min_weight, run_id=run_id, operation_id=operation_id,
            leader=leader, loops=loops, retweets=retweets, similarity=alike, progress=progress,
        )  # fmt: skip
    print_run(context, done)


#: Parameters of runs that do not fit into the table; --json prints them.
HIDDEN = (
    "kind", "version", "retweets", "alpha", "measure", "threshold", "min_document_size", "model", "top", "min_traces",
    "min_accounts",
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
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
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
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all edges to a .csv, .parquet, .graphml or .gexf file instead of printing.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="Number of rows to print, heaviest first; 0 prints all. Files and JSON contain all.",
)
@click.option(
    "--behaviour",
    "behaviours",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.behaviours,
    help="Show only edges of this behaviour; may be repeated.",
)
@click.option("--significant", is_flag=True, help="Show only edges that `incahoots significance` found significant.")
@click.option("--times", is_flag=True, help="Add the times of the first and last post behind each edge, in UTC.")
@connected
def edges(
    context: Context,
    run_id: str,
    output: Path | None,
    limit: int,
    behaviours: tuple[str, ...],
    significant: bool,
    times: bool,
) -> None:
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
    if output is not None:
        check_format(output)
    check_names(context, run_id, behaviours=behaviours)
    from incahoots.analytics.coordination import timeline
    from incahoots.analytics.networks import exports
    from incahoots.analytics.runs import store as kept

    wanted = {row.name for row in table.chosen(behaviours)} if behaviours else None
    with showing_progress(context) as progress, context.connect() as database:
        frame = kept.edges(database, run_id, significant=significant, progress=progress)
        if wanted is not None:
            frame = frame[frame["behaviour"].isin(wanted)]
        if times:
            spans = timeline.edge_times(database, run_id, behaviours=wanted, progress=progress)
            frame = frame.merge(spans, on=timeline.EDGE, how="left")
        # A stable sort keeps the heaviest first.
        ordered = frame.sort_values("behaviour", key=lambda names: names == "co_post", kind="stable")
        shown = ordered if context.json or limit == 0 else ordered.head(limit)
        named = with_names(context, database, shown, ("source", "target")) if output is None else shown
    if output is not None:
        exports.write(frame, output)
        if context.json:
            print_json({"run_id": run_id, "edges": len(frame), "output": str(output)})
        end(context, f"{count(len(frame), 'edge')} written to {output}")
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
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.argument("source")
@click.argument("target")
@click.option(
    "--limit",
    type=click.IntRange(0),
    show_default=f"{_PAIRS}; with --json all",
    help="Number of pairs of each behaviour, earliest first; 0 prints all.",
)
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
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "--algorithm",
    type=click.Choice(["louvain", "leiden"]),
    default="louvain",
    show_default=True,
    help="Community-detection algorithm.",
)
@click.option(
    "--accounts",
    is_flag=True,
    help="Print a row for each account, with its centralities, instead of one for each community.",
)
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Number of rows to print; 0 prints all."
)
@connected
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
        shown = frame if context.json or limit == 0 else frame.head(limit)
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
