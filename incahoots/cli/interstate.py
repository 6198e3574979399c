"""``incahoots interstate``, of all states or of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.cli.checks import check_names
from incahoots.cli.options import Context, connected
from incahoots.cli.output import count, end, print_first, print_json, print_table, progress, say, warn
from incahoots.errors import UsageError
from incahoots.private_files import make_folder
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(invoke_without_command=True)
@click.option("--merge", "merges", multiple=True, metavar="STATE=NAME", help="Count a state under another name.")
@click.option("--without", multiple=True, metavar="OPERATION", help="Leave an operation out.")
@click.option("--run", "run_id", metavar="NAME", default="interstate", show_default=True, help="Name of the run.")
@click.option("--least-acts", type=click.IntRange(1), default=200, show_default=True, help="Least acts of a hashtag.")
@click.option(
    "--effect",
    type=float,
    default=0.2,
    show_default=True,
    help="Smallest Cohen's d to find: says how many posts it takes.",
)
@click.option("--categories", metavar="FILE", type=_FILE, help="A .csv of tag and category, for the table of hashtags.")
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Draw the network of states: .png, .svg or .pdf.")
@click.option("--months", metavar="FILE", type=_FILE, help="Draw acts by month, a panel a state: .png, .svg or .pdf.")
@click.option("--tables", metavar="FOLDER", type=_FOLDER, help="Write every table as a .csv into this folder.")
@click.option("--limit", type=click.IntRange(0), default=5, show_default=True, help="Rows of a table; 0 prints all.")
@click.option("--seed", type=int, default=42, show_default=True, help="For the sample of other posts.")
@connected
def interstate(
    context: Context,
    merges: tuple[str, ...],
    without: tuple[str, ...],
    run_id: str,
    least_acts: int,
    effect: float,
    categories: Path | None,
    output: Path | None,
    months: Path | None,
    tables: Path | None,
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
      incahoots interstate --tables interstate/
      incahoots interstate features -o features.csv
      incahoots interstate pair Cuba Venezuela --snapshots 2016,2017
      incahoots interstate --without egypt_uae_sa_2020 --json
    """
    if click.get_current_context().invoked_subcommand:
        return
    check_names(context, operations=without)
    import pandas as pd

    from incahoots.analytics import exports, pictures
    from incahoots.analytics.interstate.categories import read_categories
    from incahoots.analytics.interstate.run import interstate as computed

    for file in filter(None, (output, months)):
        exports.check_format(file, pictures.FORMATS)
    merge = _merged(merges)
    named = read_categories(categories, "tag") if categories else None
    with progress(context) as report, context.connect() as database:
        found = computed(
            database, merge=merge, without=without, run_id=run_id, least_acts=least_acts, effect=effect,
            categories=named, seed=seed, report=report,
        )  # fmt: skip
        # Where there is nothing to draw there are still tables.
        if output:
            with part(report, "drawing states"), _warned(output):
                pictures.save_picture(pictures.draw_states(found.edges, found.states), output)
        if months:
            with part(report, "drawing months"), _warned(months):
                pictures.save_picture(pictures.draw_months(found.months), months)
    figures = pd.DataFrame([found.hashtag_network])
    found_tables = {name: figures if name == "hashtag_network" else getattr(found, name) for name in _TABLES}
    if tables:
        make_folder(tables)
        for name, table in found_tables.items():
            exports.write_table(table, tables / f"{name}.csv")
        say(context, f"{len(found_tables)} tables written to {tables}")
    if context.json:
        rows = {name: table.to_dict(orient="records") for name, table in found_tables.items() if name not in _LONG}
        about = {"run_id": run_id, "reciprocity": found.reciprocity}
        print_json(about | rows | {"hashtag_network": found.hashtag_network})
        return
    brief, needed = _in_brief(found.left_out)
    titles = {name: title + needed * (name == "left_out") for name, title in _TABLES.items() if title}
    shown = found_tables | {
        "peaks": _by_month(found.peaks), "left_out": brief,
        "hashtag_network": figures if found.hashtag_network["edges"] else figures.head(0),
    }  # fmt: skip
    _print_tables(context, shown, titles, limit, "--tables FOLDER writes them, with all columns")
    if len(found.roles) and found.hashtags.empty:
        say(context, f"No hashtag is in {least_acts} acts between states; see --least-acts.")
    if len(found.ambiguous):
        warn(f"{len(found.ambiguous):,} accounts are attributed to several states and count for none; see --merge.")
    if len(found.edges):
        say(context, f"Reciprocity of the network of states: {found.reciprocity:.3f}.")
        words = [*(found.edges.iloc[0][end] for end in ("source", "target"))]
        words += [word for old, new in merge.items() for word in ("--merge", f"{old}={new}")]
        words += [word for operation in without for word in ("--without", operation)]
        acts = int(found.edges["weight"].sum())
        between = f"{count(acts, 'act')} between {count(len(found.states), 'state')}"
        end(context, between, "interstate", "pair", *words)
    else:
        end(context, "No state acts on another:", "query", "which_operations")


#: The tables, and their titles; those without are for files and scripts.
_TABLES = {
    "states": "Acts by state",
    "edges": "Between states",
    "peaks": "When",
    "engagement": "Engagement: acts on other states against acts within",
    "engagement_external": "Engagement: acts on other states against others",
    "left_out": "Not compared",
    "roles": "Accounts between states, the most active first",
    "administrators": "Who may lead a group, for a person to confirm",
    "participation": "Who uses hashtags between states",
    "hashtag_network": "Accounts with a hashtag in common",
    "hashtags": "Hashtags of most acts between states",
    "ambiguous": "",
    "months": "",
    "account_edges": "",
}

#: Columns that a narrow terminal goes without, the first before the others; files and --json have all.
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
    """Turn what keeps a picture from being drawn into a warning."""
    try:
        yield
    except UsageError as problem:
        warn(f"{file} is not drawn: {problem.message}")


def _print_tables(
    context: Context,
    tables: Mapping[str, pd.DataFrame],
    titles: Mapping[str, str],
    limit: int,
    all_of_it: str,
    by: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Print those that have rows, so many of each at most, and say in the end what gives all of it.

    ``by`` names the columns of groups that share the rows of a table out.
    """
    cut = False
    for name, title in titles.items():
        if name in tables:
            groups = (by or {}).get(name, ())
            cut |= print_first(context, tables[name], title, limit, by=groups, spare=_SPARE.get(name, ()))
    if cut:
        say(context, f"--limit 0 prints all rows; {all_of_it}.")


def _by_month(peaks: pd.DataFrame) -> pd.DataFrame:
    """Peaks as months, not as the first moment of them."""
    return peaks.assign(**{name: peaks[name].dt.strftime("%Y-%m") for name in ("intra_peak", "inter_peak")})


def _in_brief(left_out: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """One row for what is left out for the same reason; how many posts it takes is said once, for the title."""
    reasons = left_out["why"].str.extract(r"^(?P<why>.*?)(?:; (?P<needed>\d+) are needed)?$")
    grouped = left_out.assign(why=reasons["why"]).groupby(["state", "against", "why"], sort=False, as_index=False)
    needed = reasons["needed"].dropna()
    words = f": it takes {int(needed.iloc[0]):,} posts of each kind" if len(needed) else ""
    return grouped.agg({"metric": ", ".join})[["state", "against", "metric", "why"]], words


def _merged(merges: tuple[str, ...]) -> dict[str, str]:
    """Read ``STATE=NAME``, each state once."""
    found: dict[str, str] = {}
    for words in merges:
        state, equals, name = words.partition("=")
        if not (state and equals and name):
            raise UsageError(f"--merge {words!r} names no two states.", "Write it as STATE=NAME.")
        if found.get(state, name) != name:
            raise UsageError(f"{state!r} is merged into {found[state]!r} and into {name!r}.", "Give it one name.")
        found[state] = name
    return found


@interstate.command()
@click.option("--run", "run_id", metavar="NAME", default="interstate", show_default=True, help="A run of interstate.")
@click.option("--within", is_flag=True, help="Also count acts within a state.")
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write .csv or .parquet instead of printing.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows to print; 0 prints all.")
@click.option("--seed", type=int, default=42, show_default=True, help="For betweenness of more than 2,000 accounts.")
@connected
def features(context: Context, run_id: str, within: bool, output: Path | None, limit: int, seed: int) -> None:
    """Describe the place of each account between states, in numbers for a classifier.

    Degrees, weighted degrees, betweenness, PageRank, clustering, community and role. Call `incahoots interstate` first;
    the database needs Graph Data Science.

    \b
    Examples:
      incahoots interstate features
      incahoots interstate features --within -o features.parquet
    """
    check_names(context, run_id, kinds=("interstate",))
    from incahoots.analytics import exports
    from incahoots.analytics.interstate.features import role_features

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    with progress(context) as report, context.connect() as database:
        frame = role_features(database, run_id, within=within, seed=seed, report=report)
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
@click.option("--snapshots", metavar="YEARS", help="Years with commas: counts of each, of before and of after.")
@click.option("--categories", metavar="FILE", type=_FILE, help="A .csv of domain and category, beside those known.")
@click.option(
    "--check-links",
    type=click.IntRange(1),
    is_flag=False,
    flag_value=100,
    metavar="[N]",
    help="Open up to N links of posts, and of profiles (100): whoever runs the sites sees it.",
)
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
    check_links: int | None,
    merges: tuple[str, ...],
    without: tuple[str, ...],
    limit: int,
    seed: int,
) -> None:
    """Look at two states: who acts on whom, in which clusters, when, and with which links.

    Links are counted by what their domains are. None is opened without --check-links, which asks one server a second
    for the head of a page, never one at a private address.

    \b
    Examples:
      incahoots interstate pair Cuba Venezuela
      incahoots interstate pair Russia Iran --snapshots 2016,2017 --json
      incahoots interstate pair Cuba Venezuela --check-links
    """
    check_names(context, operations=without)
    from incahoots.analytics.interstate.case_study import read_years, state_pair
    from incahoots.analytics.interstate.categories import read_categories

    years = read_years(snapshots) if snapshots else ()
    named = read_categories(categories, "domain") if categories else None
    with progress(context) as report, context.connect() as database:
        found = state_pair(
            database, one, other, years=years, categories=named, merge=_merged(merges), without=without,
            open_links=check_links or 0, seed=seed, report=report,
        )  # fmt: skip
    tables = {name: getattr(found, name) for name in _OF_A_PAIR if getattr(found, name) is not None}
    if context.json:
        print_json({name: table.to_dict(orient="records") for name, table in tables.items()})
        return
    _print_tables(context, tables, _OF_A_PAIR, limit, "--json has all columns", by={"accounts": ("cluster",)})
    acts = int(found.directions["acts"].sum())
    end(context, f"{count(acts, 'act')} between {one} and {other}")


_OF_A_PAIR = {
    "directions": "Acts in both directions",
    "accounts": "Clusters, and who is central in each",
    "bridges": "Between clusters",
    "snapshots": "When",
    "link_counts": "Who has links",
    "categories": "Links by category",
    "links": "Links of their posts",
    "profile_links": "Links of their profiles",
    "checked": "Links that were opened",
}
