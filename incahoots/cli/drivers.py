"""``incahoots drivers``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from incahoots.analytics.drivers.options import (
    ALGORITHMS,
    MEASURES,
    STRATEGIES,
    TOPIC_MODELS,
    DriverOptions,
    DriverSettings,
    ThresholdOptions,
    in_words,
    with_numbers,
)
from incahoots.cli import complete
from incahoots.cli.asked import asked
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.driver_options import CommandOptions, chosen, domains, named
from incahoots.cli.messages import warn
from incahoots.cli.options import connected, shared
from incahoots.cli.output import count, end, print_first, print_json, print_record, print_table, say, showing_progress
from incahoots.cli.simulate import what_is_replaced
from incahoots.private_files import make_folder

# Importing what the function needs takes a second: it imports it when it is called, not for the help.

_FILE = click.Path(path_type=Path, dir_okay=False)

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
@chosen
@named("--ignore", "CODE=FILE", "Uninformative domains of a language: a .csv.", "en=domains.csv", domains, "ignored")
@click.option(
    "--about",
    "about_file",
    type=_FILE,
    metavar="FILE",
    help="Information about domains: a .csv of domain, factuality, leaning, ...",
)
@named("--share", "CODE=SHARE", "Share of accounts that are drivers.", "en=0.05", float, "shares")
@named(
    "--of",
    "CODE=NETWORK",
    f"Network in which centrality is measured, such as es=lightest; one of {', '.join(STRATEGIES)}.",
    "es=fused",
    into="drivers_of",
)
@click.option(
    "--measure",
    default=DriverSettings.measure,
    show_default=True,
    metavar="NAME",
    shell_complete=complete.one_of(*MEASURES),
    help="How to compare texts: lexical or embeddings.",
)
@click.option("--model", metavar="NAME", help="Model of embeddings: a downloaded model, or a folder.")
@named(
    "--cosine",
    "TRACE=COSINE",
    "Minimum cosine similarity of an edge, such as text=0.8, or en.text=0.8 for English only.",
    "text=0.9",
    float,
    "cosines",
)
@named(
    "--least-traces",
    "TRACE=N",
    "Minimum number of distinct traces of an account, such as co_domain=3.",
    "co_domain=3",
    float,
)
@named(
    "--min-df", "TRACE=N", "Minimum number of accounts that share a trace, such as co_hashtag=5.", "co_domain=3", float
)
@click.option(
    "--lightest",
    type=float,
    default=DriverSettings.lightest,
    show_default=True,
    help="Share of the lightest edges to remove, which gives the network called `lightest`.",
)
@click.option(
    "--window",
    "window_s",
    type=click.IntRange(0, 2**31),
    default=DriverSettings.window_s,
    show_default=True,
    help="Maximum seconds between two posts for their accounts to count as active together.",
)
@click.option(
    "--centrality",
    type=float,
    default=DriverSettings.centrality,
    show_default=True,
    help="Remove accounts with a lower centrality.",
)
@click.option(
    "--sentiment-model", metavar="NAME", help="Model of sentiment, instead of lists of words: a downloaded model."
)
@click.option(
    "--algorithm",
    default=DriverOptions.algorithm,
    show_default=True,
    metavar="NAME",
    shell_complete=complete.one_of(*ALGORITHMS),
    help="Algorithm that finds clusters: louvain or leiden.",
)
@click.option(
    "--topics",
    "n_topics",
    type=click.IntRange(1),
    default=DriverOptions.n_topics,
    show_default=True,
    help="Maximum number of topics.",
)
@click.option(
    "--topic-model",
    default=DriverOptions.topic_model,
    show_default=True,
    metavar="NAME",
    shell_complete=complete.one_of(*TOPIC_MODELS),
    help="Topic model: nmf or bertopic.",
)
@click.option(
    "--nulls",
    type=click.IntRange(1),
    default=DriverOptions.nulls,
    show_default=True,
    help="Number of random networks to compare bridges with.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=DriverOptions.seed, show_default=True, help="Random seed."
)
@click.option("--run", "run_id", default="drivers", show_default=True, metavar="NAME", help="Name of the run.")
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=DriverOptions.keep,
    show_default=True,
    help="Maximum number of edges of a language, the heaviest first.",
)
@click.option("-o", "--output", type=_FILE, metavar="PAGE", help="Write all pictures to one page: .html.")
@click.option(
    "--tables", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Write all tables as .csv."
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=CommandOptions.limit,
    show_default=True,
    help="Rows to print of a table, some of each language and group; 0 prints all.",
)
@connected
@asked(DriverOptions)
@asked(DriverSettings)
@asked(CommandOptions)
def drivers(
    context: Context,
    options: DriverOptions,
    settings: DriverSettings,
    given: CommandOptions,
    languages: tuple[str, ...],
    run_id: str,
) -> None:
    """Find the drivers of operations in several languages, and compare them.

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
    from incahoots.analytics.networks import exports
    from incahoots.analytics.runs.store import runs

    if given.output:
        exports.check_format(given.output, (".html",))
    settings = replace(settings, recipes=with_numbers(least_traces=given.least_traces, min_df=given.min_df))
    if given.about_file:
        options = replace(options, about=read_about(given.about_file))
    with showing_progress(context) as progress, context.connect() as database:
        known = runs(database).set_index("run_id")["edges"].dropna()
        found = computed(database, languages, options, settings=settings, run_id=run_id, progress=progress)
    # A run holds what its last call found, even if that is nothing.
    if found.edges.empty and (lost := int(known.get(run_id, 0))):
        warn(f"The run {run_id!r} was replaced: it had {count(lost, 'edge')} and now has none.")
    every = {name: getattr(found, name) for name in _TABLES}
    if given.tables:
        make_folder(given.tables)
        for name, table in every.items():
            exports.write_table(table, given.tables / f"{name}.csv")
        say(context, f"{len(every)} tables written to {given.tables}")
    if given.output:
        from incahoots.analytics.pictures.drivers import driver_sections
        from incahoots.analytics.pictures.page import save_page

        words = f"{in_words(languages, options, settings)}. Central accounts are candidates for a person to check."
        save_page("Drivers", words, driver_sections(found), given.output)
        say(context, f"Pictures written to {given.output}")
    for language, n_edges in found.edges.groupby("language").size().items():
        if n_edges > options.keep:
            warn(f"The run keeps the heaviest {options.keep:,} of {n_edges:,} edges of {language}; see --keep.")
    if context.json:
        print_json({name: table.to_dict(orient="records") for name, table in every.items() if name != "edges"})
        return
    shown = every | {"bridges": mixed(found.bridges)}
    cut = False
    for name, title in _TABLES.items():
        if title:
            kinds = [column for column in ("group", "language", "one", "other") if column in shown[name]]
            most = 0 if name in _WHOLE else given.limit
            cut |= print_first(context, shown[name], title, most, by=kinds, spare=_SPARE.get(name, ()))
    if cut:
        say(context, "--limit 0 prints all rows; --tables FOLDER writes them, with all columns.")
    if len(found.edges):
        one, other = (str(found.edges.loc[0, name]) for name in ("account_id", "other_account_id"))
        words = f"{count(len(found.drivers), 'driver')}, {count(len(found.edges), 'edge')},"
        end(context, words, "why", "--", run_id, one, other)
    else:
        warn("There are no drivers: no network has an edge.")


@drivers.command("thresholds")
@chosen
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="Draw the stability by cosine: .png, .svg or .pdf.")
@click.option(
    "--repeats",
    type=click.IntRange(2),
    default=ThresholdOptions.repeats,
    show_default=True,
    help="Number of times that a tenth of the edges is left out.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=ThresholdOptions.seed, show_default=True, help="Random seed."
)
@connected
@asked(ThresholdOptions)
@asked(DriverSettings)
def thresholds(
    context: Context,
    options: ThresholdOptions,
    settings: DriverSettings,
    languages: tuple[str, ...],
    output: Path | None,
) -> None:
    """Choose the minimum cosine of an edge by the stability of clusters when a tenth of the edges is left out.

    \b
    Examples:
      incahoots drivers thresholds
      incahoots drivers thresholds --language ru --trace co_hashtag --retweets -o thresholds.png
    """
    check_names(context, operations=[options.operation_id])
    from incahoots.analytics.drivers.thresholds import driver_thresholds

    if output:
        from incahoots.analytics import pictures
        from incahoots.analytics.networks import exports

        exports.check_format(output, pictures.FORMATS)
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
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option("--accounts", type=int, default=1_000, show_default=True, help="Accounts of each language.")
@click.option("--drivers", "n_drivers", type=int, default=25, show_default=True, help="Planted drivers among them.")
@click.option("--fans", type=int, default=40, show_default=True, help="Fans of the same hashtags among them.")
@click.option("--days", type=int, default=120, show_default=True, help="Number of days from 2024-05-01.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same given.")
@shared
def simulate(context: Context, out_dir: Path, accounts: int, n_drivers: int, fans: int, days: int, seed: int) -> None:
    """Simulate a discussion in English and Spanish, with an operation and with harmless fans.

    OUT_DIR is a new or empty folder, or an earlier simulation, which is replaced. Its truth.csv holds the role of each
    account. Load the folder as a whole.

    \b
    Examples:
      incahoots drivers simulate discussion/
      incahoots load io-archive discussion/
      incahoots drivers simulate small/ --accounts 400 --drivers 20
    """
    from dataclasses import asdict

    from incahoots.simulator.bilingual import simulate_bilingual

    hint = what_is_replaced(out_dir)
    with showing_progress(context) as progress:
        made = simulate_bilingual(
            out_dir, accounts=accounts, drivers=n_drivers, fans=fans, days=days, seed=seed, progress=progress
        )
    print_record(context, asdict(made))
    words = f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written"
    end(context, words, "load", "io-archive", str(out_dir), hint=hint)
