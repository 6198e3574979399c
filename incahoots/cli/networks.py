"""``incahoots coordinate``, ``runs``, ``drop``, ``edges``, ``why`` and ``communities``."""

from __future__ import annotations

from pathlib import Path

import click

from incahoots.analytics.formats import check_format
from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.names import with_names
from incahoots.cli.options import Context, Window, connected
from incahoots.cli.output import count, end, print_json, print_record, print_run, print_table, progress, say
from incahoots.cypher.behaviours import BEHAVIOURS

#: Pairs of posts of a behaviour that `why` prints.
_PAIRS = 20

# Importing what the functions need takes a second: each imports it when it is called, not for the help.


@click.command(epilog="Behaviours: " + ", ".join(row.name for row in BEHAVIOURS.values() if row.share))
@click.argument("behaviours", metavar="BEHAVIOUR...|all", nargs=-1, required=True, shell_complete=complete.behaviours)
@click.option("--window", type=Window(), required=True, help="Longest time between two posts: 60s, 5m, 1h, 1d.")
@click.option("--min-weight", type=click.IntRange(1), default=2, show_default=True, help="Least posts of an edge.")
@click.option("--run", "run_id", metavar="NAME", help="Name of the run; one of that name is replaced.")
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Only accounts of this operation.",
)
@click.option("--leader", is_flag=True, help="Count only later posts of the other: edges say who goes first.")
@click.option("--loops", is_flag=True, help="Also match an account with itself.")
@click.option(
    "--retweets/--no-retweets",
    default=None,
    help="Whether co_link, co_hashtag and co_mention consider retweets (default: not co_link).",
)
@click.option(
    "--measure",
    metavar="jaccard|lexical|embeddings",
    shell_complete=complete.one_of("jaccard", "lexical", "embeddings"),
    help="Of co_similarity: how texts are compared.",
)
@click.option("--threshold", type=float, help="Of co_similarity: how similar texts have to be (default: 0.8).")
@click.option("--min-document-size", type=int, help="Of co_similarity by Jaccard: least words of a text (default: 1).")
@click.option("--model", metavar="NAME|DIR", help="Of co_similarity by embeddings: a sentence-transformers model.")
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
    """Derive coordination networks, as a run.

    An edge from u to v has the weight w when w of u's posts each have a post of v with the same trace within the
    window. It is evidence for a person to read, not a verdict: newsrooms coordinate too. Behaviours that are joined,
    link+mention, have to hold in the same pair of posts.

    \b
    Examples:
      incahoots coordinate all --window 60s
      incahoots coordinate co_link co_retweet --window 5m --min-weight 3 --run links
      incahoots coordinate co_hashtag --window 1h --operation ru_2019 --leader
      incahoots coordinate link+mention --window 5m
      incahoots coordinate co_similarity --window 60s --threshold 0.7
    """
    check_names(context, behaviours=behaviours, operations=[operation_id])
    from incahoots.analytics import co_similarity, coordination

    given = {name: value for name, value in similarity.items() if value is not None}
    alike = co_similarity.Similarity(**given) if given else None  # type: ignore[arg-type]
    with progress(context) as report, context.connect() as database:
        done = coordination.coordinate(
            database, behaviours, window, min_weight=min_weight, run_id=run_id, operation_id=operation_id,
            leader=leader, loops=loops, retweets=retweets, similarity=alike, report=report,
        )  # fmt: skip
    print_run(context, done)


#: Parameters of runs that their table has no room for; --json has them.
HIDDEN = (
    "kind", "version", "retweets", "alpha", "measure", "threshold", "min_document_size", "model", "top", "min_traces",
    "min_accounts",
)  # fmt: skip


@click.command()
@connected
def runs(context: Context) -> None:
    """List the runs, the newest last.

    A run without ended_at is not complete: it runs now, or was interrupted. Call `incahoots coordinate` again. The
    column unfinished, if there is one, names what was begun and is not complete in a run that is: scores
    (`incahoots communities`) or significance.

    \b
    Examples:
      incahoots runs
      incahoots runs --json
    """
    from incahoots.analytics import runs as kept

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
    """Remove a run and everything it derived.

    \b
    Examples:
      incahoots drop all-60s
    """
    from incahoots.analytics import runs as kept

    with progress(context) as report, context.connect() as database:
        removed = kept.drop(database, run_id, report=report)
    print_record(context, {"run_id": run_id, "edges_removed": removed})
    end(context, f"{count(removed, 'edge')} removed", "runs")


@click.command()
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write .csv, .parquet, .graphml or .gexf instead of printing.",
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="Rows to print, the heaviest first; 0 prints all. Files and JSON always hold all.",
)
@click.option(
    "--behaviour",
    "behaviours",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.behaviours,
    help="Only edges of this behaviour; may be repeated.",
)
@click.option("--significant", is_flag=True, help="Only edges that `incahoots significance` found significant.")
@click.option("--times", is_flag=True, help="Also the first and last time of the posts behind each edge, in UTC.")
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
    """Show or write the edges of a run.

    Edges of co_post are printed last: they only say that two accounts are awake at the same time. With --times a
    .gexf is a dynamic network, which Gephi's time line plays.

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
    from incahoots.analytics import coordination, exports, timeline
    from incahoots.analytics import runs as kept

    wanted = {row.name for row in coordination.chosen(behaviours)} if behaviours else None
    with progress(context) as report, context.connect() as database:
        frame = kept.edges(database, run_id, significant=significant, report=report)
        if wanted is not None:
            frame = frame[frame["behaviour"].isin(wanted)]
        if times:
            spans = timeline.edge_times(database, run_id, behaviours=wanted, report=report)
            frame = frame.merge(spans, on=timeline.EDGE, how="left")
        # Stable, so that the heaviest stay first.
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
        end(context, "No edges", hint=f"`incahoots runs` says what {run_id} looked for.")
        return
    why_one = ("why", "--", run_id, *map(str, ordered.iloc[0][["source", "target"]]))
    if len(shown) < len(frame):
        hint = "--limit 0 prints all, -o writes a file."
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
    help="Most pairs a behaviour, the earliest first; 0 means all.",
)
@connected
def why(context: Context, run_id: str, source: str, target: str, limit: int | None) -> None:
    """Show the pairs of posts behind an edge.

    SOURCE and TARGET are account ids, as `incahoots edges` prints them. gap_s is positive where the target's post
    came later. In --json each pair also says how many `pairs` its behaviour has, with those that --limit leaves out.

    \b
    Examples:
      incahoots why all-60s 1234567890 2345678901
      incahoots why all-60s 1234567890 2345678901 --limit 0
      incahoots why all-60s 1234567890 2345678901 --json
    """
    check_names(context, run_id, kinds=None, accounts=[source, target])
    from incahoots.analytics import coordination

    most = limit if limit is not None else 0 if context.json else _PAIRS
    with progress(context), context.connect() as database:
        found = coordination.evidence_of_edges(database, run_id, source, target, limit=most)
    frame = found.pairs
    print_table(context, frame.assign(pairs=frame["behaviour"].map(found.counts)) if context.json else frame)
    total = count(sum(found.counts.values()), "pair of posts", "pairs of posts")
    if found.left_out:
        left = ", ".join(f"{number:,} of {name}" for name, number in found.left_out.items())
        end(context, f"The first {len(frame):,} of {total}", hint=f"Left out: {left}; --limit 0 prints all.")
    else:
        end(context, total)


@click.command()
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "--algorithm",
    type=click.Choice(["louvain", "leiden"]),
    default="louvain",
    show_default=True,
    help="Of communities.",
)
@click.option("--accounts", is_flag=True, help="Print a row an account, with its centralities, not a row a community.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows to print; 0 prints all.")
@connected
def communities(context: Context, run_id: str, algorithm: str, accounts: bool, limit: int) -> None:
    """Find communities and central accounts in a run's network.

    On all behaviours of the run but co_post; the database needs Graph Data Science. Written back as
    (:Account)-[:SCORED_IN]->(:Run), with degree, weighted degree, eigenvector centrality, PageRank and betweenness.

    \b
    Examples:
      incahoots communities all-60s
      incahoots communities all-60s --algorithm leiden --accounts --json
    """
    check_names(context, run_id)
    from incahoots.analytics import communities as detection

    with progress(context) as report, context.connect() as database:
        found = detection.communities(database, run_id, algorithm=algorithm, report=report)
        frame = found.accounts if accounts else found.table()
        shown = frame if context.json or limit == 0 else frame.head(limit)
        named = shown if accounts else with_names(context, database, shown, ("most_central",))
    # Names say more than ids, which --accounts has.
    print_table(context, named, spare=("most_central",) if "most_central_name" in named else ())
    if found.betweenness_error:
        say(
            context,
            f"Betweenness is an estimate from a sample of the accounts: its standard error is at most "
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
