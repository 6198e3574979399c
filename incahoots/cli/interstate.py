"""``incahoots interstate``, of all states or of a pair."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click

from incahoots.analytics.interstate.options import InterstateOptions, PairOptions, read_years
from incahoots.cli.asked import (
    FILE,
    asks,
    gathered,
    named,
    option,
    options_of,
    output,
    rows,
    run_name,
    tables_folder,
    whole,
)
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected
from incahoots.cli.output import (
    PICTURES,
    TABLES,
    Shown,
    count,
    end,
    end_with_file,
    first,
    print_json,
    print_table,
    print_tables,
    save_tables,
    say,
    showing_progress,
)
from incahoots.errors import UsageError
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.

_merge = named("STATE=NAME", '--merge "Egypt=Egypt & UAE"', "Count a state under another name; may be repeated.")
_without = option(metavar="OPERATION")


@click.group(invoke_without_command=True)
@connected
@options_of(InterstateOptions, merge=_merge, without=_without)
@gathered
@run_name("interstate")
@asks("--categories", words="Categories of hashtags: a .csv of tag and category.", metavar="FILE", type=FILE)
@output("Draw the network of states: .png, .svg or .pdf.", *PICTURES)
@output("Draw acts by month, one panel per state: .png, .svg or .pdf.", *PICTURES, name="--months")
@tables_folder("Write every table to this folder, as .csv.")
@rows(5)
def interstate(context: Context, options: InterstateOptions, given: SimpleNamespace) -> None:
    """Measure how accounts of different states act on each other.

    An act is a retweet, quote, reply or mention. It is inter-state if the two accounts are attributed to different
    states, intra-state if both are attributed to the same state; external if the other account is attributed to none.
    Attribution is the publisher's claim. The networks are written as (:Account)-[:INTERACTED]->(:Account) and
    (:State)-[:INTERACTED_WITH]->(:State) in a run; a run of the same name is replaced.

    \b
    Examples:
      incahoots interstate
      incahoots interstate --merge "Egypt=Egypt & UAE" --merge "UAE=Egypt & UAE"
      incahoots interstate -o states.png --months months.svg
      incahoots interstate --tables interstate/
      incahoots interstate features -o features.csv
      incahoots interstate pair Cuba Venezuela --snapshots 2016,2017
      incahoots interstate --without egypt_uae_sa_2020 --json
    """
    if click.get_current_context().invoked_subcommand:
        return
    check_names(context, operations=options.without)
    import pandas as pd

    from incahoots.analytics import pictures
    from incahoots.analytics.interstate.categories import read_categories
    from incahoots.analytics.interstate.engagement import in_brief
    from incahoots.analytics.interstate.interstate import interstate as computed

    if given.categories:
        options = replace(options, categories=read_categories(given.categories, "tag"))
    with showing_progress(context) as progress, context.connect() as database:
        found = computed(database, options, run_id=given.run_id, progress=progress)
        # Without a network to draw there are still tables to print.
        if given.output:
            with part(progress, "drawing states"), _warned(given.output):
                pictures.save_picture(pictures.draw_states(found.edges, found.states), given.output)
        if given.months:
            with part(progress, "drawing months"), _warned(given.months):
                pictures.save_picture(pictures.draw_months(found.months), given.months)
    figures = pd.DataFrame([found.hashtag_network])
    tables = {name: figures if name == "hashtag_network" else getattr(found, name) for name in _TABLES}
    save_tables(context, tables, given.tables)
    if context.json:
        about = {"run_id": given.run_id, "reciprocity": found.reciprocity}
        rows = {name: table.to_dict(orient="records") for name, table in tables.items() if name not in _LONG}
        print_json(about | rows | {"hashtag_network": found.hashtag_network})
        return
    titles = dict(_TABLES)
    if found.left_out["needed"].notna().any():
        titles["left_out"] += f": a comparison needs {found.left_out['needed'].max():,} posts of each kind"
    shown = tables | {
        "peaks": _by_month(found.peaks), "left_out": in_brief(found.left_out),
        "hashtag_network": figures if found.hashtag_network["edges"] else figures.head(0),
    }  # fmt: skip
    more = "--tables FOLDER writes them, with all columns"
    print_tables(context, shown, Shown(titles, given.limit, more, spare=_SPARE))
    if len(found.roles) and found.hashtags.empty:
        say(context, f"No hashtag is used in {options.least_acts} or more inter-state acts; see --least-acts.")
    if len(found.ambiguous):
        n = count(len(found.ambiguous), "account is", "accounts are")
        warn(f"{n} left out, with more than one state each; see --merge.")
    if found.edges.empty:
        end(context, "No inter-state acts:", "query", "which_operations")
        return
    say(context, f"Reciprocity of the network of states: {found.reciprocity:.3f}.")
    words = [*(found.edges.iloc[0][end] for end in ("source", "target"))]
    words += [word for old, new in options.merge.items() for word in ("--merge", f"{old}={new}")]
    words += [word for operation in options.without for word in ("--without", operation)]
    acts = int(found.edges["weight"].sum())
    between = f"{count(acts, 'act')} between {count(len(found.states), 'state')}"
    end(context, between, "interstate", "pair", *words)


#: Titles of the tables; tables without a title are only written and given as JSON.
_TABLES = {
    "states": "Acts by state",
    "edges": "Inter-state acts",
    "peaks": "First acts and peaks",
    "engagement": "Engagement: inter-state posts compared with intra-state posts",
    "engagement_external": "Engagement: inter-state posts compared with external posts",
    "left_out": "Comparisons left out",
    "roles": "Roles of accounts between states, the most active first",
    "administrators": "Possible administrators, for a person to confirm",
    "participation": "Use of hashtags in inter-state posts",
    "hashtag_network": "Network of accounts that share a hashtag",
    "hashtags": "Hashtags by inter-state acts",
    "ambiguous": "",
    "months": "",
    "account_edges": "",
}

#: Columns that a narrow terminal leaves out, the first before the others; files and --json have all.
_SPARE = {
    "states": ("external_and_isolates", "in_centralisation", "out_centralisation", "isolates", "motif"),
    "edges": ("target_accounts", "accounts"),
    "peaks": ("gap", "first_intra_at", "first_inter_at"),
    "engagement": ("t", "p_value", "n_other", "n_inter"),
    "engagement_external": ("t", "p_value", "n_other", "n_inter"),
    "roles": ("in_weighted_degree", "out_weighted_degree"),
}

#: Tables for files only.
_LONG = ("months", "account_edges")


@contextmanager
def _warned(file: Path) -> Iterator[None]:
    """Warn instead of failing when a picture cannot be drawn."""
    try:
        yield
    except UsageError as problem:
        warn(f"{file} was not written: {problem.message}")


def _by_month(peaks: pd.DataFrame) -> pd.DataFrame:
    """Write peaks as months instead of the first moment of the month."""
    return peaks.assign(**{name: peaks[name].dt.strftime("%Y-%m") for name in ("intra_peak", "inter_peak")})


@interstate.command()
@connected
@run_name("interstate", "A run of interstate.")
@asks("--within", words="Also count acts within a state.", default=False)
@output("Write the table to .csv or .parquet instead of printing it.", *TABLES)
@rows(20, "Rows to print; 0 prints all.")
@asks("--seed", words="Random seed, above 2,000 accounts.", default=42)
def features(context: Context, run_id: str, within: bool, output: Path | None, limit: int, seed: int) -> None:
    """Compute features of each account in the network between states, for a classifier.

    The features are degrees, weighted degrees, betweenness, PageRank, clustering coefficient, community and role. Call
    `incahoots interstate` first. The database needs Graph Data Science.

    \b
    Examples:
      incahoots interstate features
      incahoots interstate features --within -o features.parquet
    """
    check_names(context, run_id, kind="interstate")
    from incahoots.analytics.interstate.features import role_features
    from incahoots.analytics.networks.exports import write_table

    with showing_progress(context) as progress, context.connect() as database:
        frame = role_features(database, run_id, within=within, seed=seed, progress=progress)
    if output:
        write_table(frame, output)
        end_with_file(context, len(frame), "account", output, {"run_id": run_id, "accounts": len(frame)})
        return
    print_table(context, first(context, frame, limit))
    cut = 0 < limit < len(frame)
    end(context, f"Features of {count(len(frame), 'account')}", hint="--limit 0 prints all rows." if cut else "")


@interstate.command()
@click.argument("one", metavar="STATE")
@click.argument("other", metavar="STATE")
@connected
@options_of(
    PairOptions,
    years=option("--snapshots", metavar="YEARS", callback=lambda ctx, param, value: read_years(value) if value else ()),
    open_links=option("--check-links", is_flag=False, flag_value=100, default=None, type=whole(1), metavar="[N]"),
    merge=_merge,
    without=_without,
)
@asks(
    "--categories", "categories_file", metavar="FILE", type=FILE,
    words="Categories of domains, in addition to the known ones: a .csv of domain and category.",
)  # fmt: skip
@rows(20)
def pair(
    context: Context, options: PairOptions, one: str, other: str, categories_file: Path | None, limit: int
) -> None:
    """Look closely at the acts between two states: accounts, clusters, times and links.

    Links are counted by the category of their domain. None is opened without --check-links, which requests only the
    headers of a page, one per second, and never from a private address.

    \b
    Examples:
      incahoots interstate pair Cuba Venezuela
      incahoots interstate pair Russia Iran --snapshots 2016,2017 --json
      incahoots interstate pair Cuba Venezuela --check-links
    """
    check_names(context, operations=options.without)
    from incahoots.analytics.interstate.case_study import state_pair
    from incahoots.analytics.interstate.categories import read_categories

    if categories_file:
        options = replace(options, categories=read_categories(categories_file, "domain"))
    with showing_progress(context) as progress, context.connect() as database:
        found = state_pair(database, one, other, options, progress=progress)
    tables = {name: getattr(found, name) for name in _OF_A_PAIR if getattr(found, name) is not None}
    if print_tables(context, tables, Shown(_OF_A_PAIR, limit, "--json has all columns", by=("cluster",))):
        return
    acts = int(found.directions["acts"].sum())
    end(context, f"{count(acts, 'act')} between {one} and {other}")


_OF_A_PAIR = {
    "directions": "Acts in each direction",
    "accounts": "Accounts by cluster, the most active first",
    "bridges": "Edges between clusters",
    "snapshots": "Acts by period",
    "link_counts": "Posts and profiles with links",
    "categories": "Links by category",
    "links": "Links in posts",
    "profile_links": "Links in profiles",
    "checked": "Links that were opened",
}
