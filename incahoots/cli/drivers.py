"""``incahoots drivers``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from incahoots.analytics.drivers.options import (
    RECIPES,
    STRATEGIES,
    DriverOptions,
    DriverSettings,
    ThresholdOptions,
    in_words,
    with_numbers,
)
from incahoots.cli.asked import (
    FILE,
    Output,
    Row,
    as_option,
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
from incahoots.cli.options import connected, shared
from incahoots.cli.output import (
    PICTURES,
    Shown,
    count,
    end,
    print_table,
    print_tables,
    save_tables,
    say,
    showing_progress,
)
from incahoots.cli.simulate import write_simulation
from incahoots.errors import UsageError
from incahoots.simulator.options import DiscussionOptions

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


def _by_name(name: str, form: str, words: str, example: str, read: Callable[[str], Any] = str) -> Row:
    """Describe an option NAME=VALUE that may be repeated."""

    def converted(found: dict[str, str]) -> dict[str, Any]:
        try:
            return {key.lower(): read(each) for key, each in found.items()}
        except ValueError:
            wrong = "=".join(list(found.items())[-1])
            raise UsageError(f"{wrong!r} has no number.", f"Write {name} {example}.") from None

    return named(form, f"{name} {example}", words, name, read=converted)


def _domains(path: str) -> frozenset[str]:
    """Read a list of domains."""
    from incahoots.analytics.drivers.ignored import read_ignored

    return read_ignored(Path(path))


_languages = click.option(
    "--language", "languages", multiple=True, metavar="CODE", default=("en", "es"), show_default=True,
    help="A language, ISO 639-1; may be repeated.",
)  # fmt: skip

_traces = option("--trace", metavar="NAME", help="Use only this kind of trace; may be repeated.")


def _defaults(number: str) -> str:
    """Write the default of a number for each trace."""
    return ", ".join(f"{trace}={getattr(recipe, number):g}" for trace, recipe in RECIPES.items())


#: Titles of the tables; tables without a title are only written and given as JSON.
_TABLES = {
    "languages": "Posts by language",
    "properties": "Networks and their clusters",
    "left_out": "Networks without edges",
    "drivers": "Drivers: the most central accounts, for a person to check",
    "hashtags": "Hashtags",
    "domains": "Domains",
    "engagement": "Mean engagement of posts",
    "compared": "Comparison of groups of accounts, by the mean of each account",
    "overlap": "Bilingual accounts among drivers",
    "bilingual_engagement": "Engagement of bilingual accounts in each of two languages",
    "bridges": "Accounts with neighbours of several languages, the most mixed first",
    "topics": "",
    "sentiment": "",
    "bilingual": "",
    "edges": "",
}


#: Short tables, which are printed in full.
_WHOLE = ("languages", "left_out")

#: Columns that a narrow terminal leaves out, the first before the others; files and --json have all.
_SPARE = {
    "drivers": ("bilingual", "cluster", "posts", "screen_name"),
    "compared": ("t", "p_value", "other_accounts", "accounts"),
    "bilingual_engagement": ("t", "p_value"),
    "bridges": ("bilingual", "degree", "main"),
}


@click.group(invoke_without_command=True)
@_languages
@connected
@options_of(
    DriverOptions,
    shares=_by_name("--share", "CODE=SHARE", "Share of drivers (default: 0.03, es=0.05).", "en=0.05", float),
    drivers_of=_by_name(
        "--of", "CODE=NETWORK",
        f"Network in which centrality is measured (default: fused, es=backbone); one of {', '.join(STRATEGIES)}. met: "
        "active together within --window; pruned: without accounts below --centrality.", "es=fused",
    ),
    n_topics=option("--topics"), keep=option(type=whole(1)),
)  # fmt: skip
@options_of(
    DriverSettings,
    traces=_traces,
    ignored=_by_name("--ignore", "CODE=FILE", "Uninformative domains of a language: a .csv.", "en=a.csv", _domains),
    cosines=_by_name(
        "--cosine", "TRACE=COSINE",
        f"Minimum cosine of an edge (default: {_defaults('threshold')}, text=0.9, es.text=0.95).", "text=0.9", float,
    ),
    model=option(metavar="NAME"), sentiment_model=option(metavar="NAME"),
)  # fmt: skip
@gathered
@as_option(_by_name(
    "--min-traces", "TRACE=N", f"Minimum number of traces of an account (default: {_defaults('min_traces')}).",
    "co_domain=3", float,
))  # fmt: skip
@as_option(_by_name(
    "--min-df", "TRACE=N", f"Minimum number of accounts that share a trace (default: {_defaults('min_df')}).",
    "co_hashtag=5", float,
))  # fmt: skip
@asks("--about", words="Information about domains: a .csv with domain and other columns.", metavar="FILE", type=FILE)
@run_name("drivers")
@output("Write all pictures to one page: .html.", ".html", metavar="PAGE")
@tables_folder("Write all tables as .csv.")
@rows(10, "Rows to print of a table, some of each language and group; 0 prints all.")
def drivers(context: Context, options: DriverOptions, settings: DriverSettings, given: SimpleNamespace) -> None:
    """Find the most central accounts (drivers) in each of several languages.

    For each language, it connects accounts that share rare domains or hashtags or write similar texts, merges these
    networks into one, and reports the most central accounts: the drivers (as in Yi, 2025). Being central is not proof
    of wrongdoing; fan clubs have central accounts, too.

    The results are written as (:Account)-[:ALIKE]->(:Account) and (:Account)-[:CENTRAL_IN]->(:Run) in a run; a run of
    the same name is replaced. `incahoots why RUN ONE OTHER` shows the posts that two connected accounts share.

    \b
    Examples:
      incahoots drivers
      incahoots drivers --language en --language ru --retweets
      incahoots drivers -o drivers.html --about domains.csv --tables drivers/
      incahoots drivers --trace co_hashtag --trace co_domain --cosine co_domain=0.7 --share en=0.05
      incahoots drivers simulate discussion/
    """
    if click.get_current_context().invoked_subcommand:
        return
    check_names(context, operations=[options.operation_id])
    from incahoots.analytics.drivers.bridges import mixed
    from incahoots.analytics.drivers.drivers import drivers as computed
    from incahoots.analytics.drivers.ignored import read_about
    from incahoots.analytics.runs.store import runs

    settings = replace(settings, recipes=with_numbers(min_traces=given.min_traces, min_df=given.min_df))
    if given.about:
        options = replace(options, about=read_about(given.about))
    with showing_progress(context) as progress, context.connect() as database:
        known = runs(database).set_index("run_id")["edges"].dropna()
        found = computed(database, given.languages, options, settings=settings, run_id=given.run_id, progress=progress)
    # A run holds what its last call found, even if that is nothing.
    if found.edges.empty and (lost := int(known.get(given.run_id, 0))):
        warn(f"The run {given.run_id!r} was replaced: it had {count(lost, 'edge')} and now has none.")
    every = {name: getattr(found, name) for name in _TABLES}
    save_tables(context, every, given.tables)
    if given.output:
        from incahoots.analytics.pictures.drivers import driver_sections
        from incahoots.analytics.pictures.page import save_page

        words = (
            f"{in_words(given.languages, options, settings)}. Central accounts are candidates for a person to check."
        )
        save_page("Drivers", words, driver_sections(found), given.output)
        say(context, f"Pictures written to {given.output}")
    for language, n_edges in found.edges.groupby("language").size().items():
        if n_edges > options.keep:
            warn(f"The run keeps the heaviest {options.keep:,} of {n_edges:,} edges of {language}; see --keep.")
    shown = every | ({} if context.json else {"bridges": mixed(found.bridges)})
    del shown["edges"]
    more = "--tables FOLDER writes them, with all columns"
    limits, by = dict.fromkeys(_WHOLE, 0), ("group", "language", "one", "other")
    if print_tables(context, shown, Shown(_TABLES, given.limit, more, limits, by, _SPARE)):
        return
    if len(found.edges):
        one, other = (str(found.edges.loc[0, name]) for name in ("account_id", "other_account_id"))
        words = f"{count(len(found.drivers), 'driver')}, {count(len(found.edges), 'edge')},"
        end(context, words, "why", "--", given.run_id, one, other)
    else:
        warn("There are no drivers: no network has an edge.")


@drivers.command("thresholds")
@_languages
@connected
@options_of(ThresholdOptions, "algorithm")
@options_of(DriverSettings, *(each.name for each in fields(DriverSettings) if each.name != "traces"), traces=_traces)
@output("Draw the stability by cosine: .png, .svg or .pdf.", *PICTURES)
def thresholds(
    context: Context,
    options: ThresholdOptions,
    settings: DriverSettings,
    languages: tuple[str, ...],
    output: Path | None,
) -> None:
    """Choose the minimum cosine of an edge by the stability of clusters.

    \b
    Examples:
      incahoots drivers thresholds
      incahoots drivers thresholds --language ru --trace co_hashtag --retweets -o thresholds.png
    """
    check_names(context, operations=[options.operation_id])
    from incahoots.analytics.drivers.thresholds import driver_thresholds

    with showing_progress(context) as progress, context.connect() as database:
        table = driver_thresholds(database, languages, options, settings=settings, progress=progress)
    if output:
        from incahoots.analytics.pictures import save_picture
        from incahoots.analytics.pictures.drivers import draw_thresholds

        save_picture(draw_thresholds(table), output)
        say(context, f"Picture written to {output}")
    print_table(context, table)
    best = table[table["chosen"]]
    if len(best):
        spoken = [word for language in table["language"].unique() for word in ("--language", language)]
        cosines = [
            word
            for row in best.to_dict(orient="records")
            for word in ("--cosine", f"{row['language']}.{row['trace']}={row['cosine']:g}")
        ]
        end(context, f"{count(len(table), 'cosine')} tried", "drivers", *spoken, *cosines)
    else:
        end(context, f"{count(len(table), 'cosine')} tried", hint="No network has enough edges to choose a cosine.")


@drivers.command("simulate")
@click.argument("out_dir", type=Output())
@shared
@options_of(DiscussionOptions, "posts")
def simulate(context: Context, options: DiscussionOptions, out_dir: Path) -> None:
    """Simulate a discussion in English and Spanish, with an operation and with harmless fans.

    OUT_DIR is a new or empty folder, or an earlier simulation, which is replaced. Its truth.csv holds the role of each
    account. Load the folder as a whole.

    \b
    Examples:
      incahoots drivers simulate discussion/
      incahoots load io-archive discussion/
      incahoots drivers simulate small/ --accounts 400 --drivers 20
    """
    from incahoots.simulator.bilingual import simulate_bilingual

    write_simulation(context, simulate_bilingual, options, out_dir, "load", "io-archive", str(out_dir))
