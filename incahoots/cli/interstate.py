"""``incahoots interstate``, of all states or of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.analytics.interstate.options import InterstateOptions, PairOptions, read_years
from incahoots.cli.asked import asked, pairs
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_first, print_json, print_table, say, showing_progress
from incahoots.errors import UsageError
from incahoots.private_files import make_folder
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


def _merge(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """Read the new names of states."""
    return pairs(value, "STATE=NAME", '--merge "Egypt=Egypt & UAE"')


_merged = click.option(
    "--merge",
    multiple=True,
    metavar="STATE=NAME",
    callback=_merge,
    help="Count a state under another name; may be repeated.",
)
_without = click.option(
    "--without", multiple=True, metavar="OPERATION", help="Leave out an operation; may be repeated."
)


@dataclass(frozen=True)
class _Files:
    """The files to read and to write."""

    categories_file: Path | None = None
    output: Path | None = None
    months: Path | None = None
    tables: Path | None = None


@click.group(invoke_without_command=True)
@_merged
@_without
@click.option("--run", "run_id", metavar="NAME", default="interstate", show_default=True, help="Name of the run.")
@click.option(
    "--least-acts",
    type=click.IntRange(1),
    default=InterstateOptions.least_acts,
    show_default=True,
    help="Minimum number of inter-state acts of a hashtag.",
)
@click.option(
    "--effect",
    type=float,
    default=InterstateOptions.effect,
    show_default=True,
    help="The smallest Cohen's d to detect; it determines the minimum number of posts of a comparison.",
)
@click.option(
    "--categories",
    "categories_file",
    metavar="FILE",
    type=_FILE,
    help="Categories of hashtags: a .csv of tag and category.",
)
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Draw the network of states: .png, .svg or .pdf.")
@click.option(
    "--months", metavar="FILE", type=_FILE, help="Draw acts by month, one panel per state: .png, .svg or .pdf."
)
@click.option("--tables", metavar="FOLDER", type=_FOLDER, help="Write every table to this folder, as .csv.")
@click.option(
    "--limit", type=click.IntRange(0), default=5, show_default=True, help="Rows to print of a table; 0 prints all."
)
@click.option(
    "--seed",
    type=int,
    default=InterstateOptions.seed,
    show_default=True,
    help="Random seed of the sample of external posts.",
)
@connected
@asked(InterstateOptions)
@asked(_Files)
def interstate(context: Context, options: InterstateOptions, files: _Files, run_id: str, limit: int) -> None:
    """Measure how accounts attributed to one state interact with accounts attributed to another.

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
    from incahoots.analytics.networks import exports

    for file in filter(None, (files.output, files.months)):
        exports.check_format(file, pictures.FORMATS)
    if files.categories_file:
        options = replace(options, categories=read_categories(files.categories_file, "tag"))
    with showing_progress(context) as progress, context.connect() as database:
        found = computed(database, options, run_id=run_id, progress=progress)
        # Without a network to draw there are still tables to print.
        if files.output:
            with part(progress, "drawing states"), _warned(files.output):
                pictures.save_picture(pictures.draw_states(found.edges, found.states), files.output)
        if files.months:
            with part(progress, "drawing months"), _warned(files.months):
                pictures.save_picture(pictures.draw_months(found.months), files.months)
    figures = pd.DataFrame([found.hashtag_network])
    found_tables = {name: figures if name == "hashtag_network" else getattr(found, name) for name in _TABLES}
    if files.tables:
        make_folder(files.tables)
        for name, table in found_tables.items():
            exports.write_table(table, files.tables / f"{name}.csv")
        say(context, f"{len(found_tables)} tables written to {files.tables}")
    if context.json:
        rows = {name: table.to_dict(orient="records") for name, table in found_tables.items() if name not in _LONG}
        about = {"run_id": run_id, "reciprocity": found.reciprocity}
        print_json(about | rows | {"hashtag_network": found.hashtag_network})
        return
    titles = {name: title for name, title in _TABLES.items() if title}
    if found.left_out["needed"].notna().any():
        titles["left_out"] += f": a comparison needs {found.left_out['needed'].max():,} posts of each kind"
    shown = found_tables | {
        "peaks": _by_month(found.peaks), "left_out": in_brief(found.left_out),
        "hashtag_network": figures if found.hashtag_network["edges"] else figures.head(0),
    }  # fmt: skip
    _print_tables(context, shown, titles, limit, "--tables FOLDER writes them, with all columns")
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


def _print_tables(
    context: Context,
    tables: Mapping[str, pd.DataFrame],
    titles: Mapping[str, str],
    limit: int,
    all_of_it: str,
    by: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Print the non-empty tables, at most ``limit`` rows each, then how to get them in full.

    ``by`` names the columns whose groups share the rows of a table.
    """
    cut = False
    for name, title in titles.items():
        if name in tables:
            groups = (by or {}).get(name, ())
            cut |= print_first(context, tables[name], title, limit, by=groups, spare=_SPARE.get(name, ()))
    if cut:
        say(context, f"--limit 0 prints all rows; {all_of_it}.")


def _by_month(peaks: pd.DataFrame) -> pd.DataFrame:
    """Write peaks as months instead of the first moment of the month."""
    return peaks.assign(**{name: peaks[name].dt.strftime("%Y-%m") for name in ("intra_peak", "inter_peak")})


@interstate.command()
@click.option("--run", "run_id", metavar="NAME", default="interstate", show_default=True, help="A run of interstate.")
@click.option("--within", is_flag=True, help="Also count acts within a state.")
@click.option(
    "-o", "--output", metavar="FILE", type=_FILE, help="Write the table to .csv or .parquet instead of printing it."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows to print; 0 prints all.")
@click.option("--seed", type=int, default=42, show_default=True, help="Random seed, above 2,000 accounts.")
@connected
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
    from incahoots.analytics.networks import exports

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    with showing_progress(context) as progress, context.connect() as database:
        frame = role_features(database, run_id, within=within, seed=seed, progress=progress)
    if output:
        exports.write_table(frame, output)
        end(context, f"Features of {count(len(frame), 'account')} written to {output}")
        return
    print_table(context, frame if context.json or limit == 0 else frame.head(limit))
    cut = 0 < limit < len(frame)
    end(context, f"Features of {count(len(frame), 'account')}", hint="--limit 0 prints all rows." if cut else "")


@interstate.command()
@click.argument("one", metavar="STATE")
@click.argument("other", metavar="STATE")
@click.option(
    "--snapshots",
    "years",
    metavar="YEARS",
    callback=lambda ctx, param, value: read_years(value) if value else (),
    help="Also count the acts of these years, and before, between and after them; separate years by commas.",
)
@click.option(
    "--categories",
    "categories_file",
    metavar="FILE",
    type=_FILE,
    help="Categories of domains, in addition to the known ones: a .csv of domain and category.",
)
@click.option(
    "--check-links",
    "open_links",
    type=click.IntRange(1),
    is_flag=False,
    flag_value=100,
    metavar="[N]",
    help="Open up to N links of posts and N of profiles (100); whoever runs the sites can see it.",
)
@_merged
@_without
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows to print of a table; 0 prints all."
)
@click.option("--seed", type=int, default=PairOptions.seed, show_default=True, help="Random seed of the clusters.")
@connected
@asked(PairOptions)
def pair(
    context: Context, options: PairOptions, one: str, other: str, categories_file: Path | None, limit: int
) -> None:
    """Look closely at two states: which accounts act on which others, in which clusters, when, and with which links.

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
    if context.json:
        print_json({name: table.to_dict(orient="records") for name, table in tables.items()})
        return
    _print_tables(context, tables, _OF_A_PAIR, limit, "--json has all columns", by={"accounts": ("cluster",)})
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
