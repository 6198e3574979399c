"""``incahoots drivers``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.options import Context, connected, shared
from incahoots.cli.output import count, end, print_first, print_json, print_record, print_table, progress, say, warn
from incahoots.cli.simulate import what_is_replaced
from incahoots.errors import UsageError
from incahoots.private_files import make_folder

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.

_FILE = click.Path(path_type=Path, dir_okay=False)

#: The tables, and their titles; those without are for files and scripts.
_TABLES = {
    "languages": "Posts by language",
    "properties": "Networks",
    "left_out": "Networks without edges",
    "drivers": "Drivers: the most central accounts, for a person to look at",
    "hashtags": "Hashtags",
    "domains": "Domains",
    "engagement": "How posts are received, means",
    "compared": "Groups compared, by the means of each account",
    "overlap": "Accounts that post in two languages among drivers",
    "bilingual_engagement": "Accounts that post in two languages, each with itself",
    "bridges": "Between languages, the most mixed neighbours first",
    "topics": "",
    "sentiment": "",
    "bilingual": "",
    "edges": "",
}


#: Tables that are short, and say something as a whole.
_WHOLE = ("languages", "left_out")

#: Columns that a narrow terminal goes without, the first before the others; files and --json have all.
_SPARE = {
    "drivers": ("bilingual", "cluster", "posts", "screen_name"),
    "compared": ("t", "p_value", "other_accounts", "accounts"),
    "bilingual_engagement": ("t", "p_value"),
    "bridges": ("bilingual", "degree", "main"),
}


def _chosen(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which posts are looked at, and by which traces."""
    options = (
        click.option(
            "--language", "languages", multiple=True, metavar="CODE", default=("en", "es"), show_default=True,
            help="A language, ISO 639-1; repeat it.",
        ),
        click.option(
            "--operation", "operation_id", metavar="NAME", shell_complete=complete.operations,
            help="Only accounts of this operation.",
        ),
        click.option("--retweets", is_flag=True, help="Also take retweets, whose text and links are somebody else's."),
        click.option("--trace", "traces", multiple=True, metavar="NAME", help="Only these networks; may be repeated."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@_chosen
@click.option("--ignore", "ignored", multiple=True, metavar="CODE=FILE", help="Domains to ignore in a language: .csv.")
@click.option("--about", type=_FILE, metavar="FILE", help="What domains are: domain, factuality, leaning, ... (.csv).")
@click.option("--share", "shares", multiple=True, metavar="CODE=SHARE", help="Share of accounts that are drivers.")
@click.option("--of", "drivers_of", multiple=True, metavar="CODE=NETWORK", help="The network drivers are taken from.")
@click.option(
    "--measure",
    default="lexical",
    show_default=True,
    metavar="NAME",
    shell_complete=complete.one_of("lexical", "embeddings"),
    help="Of texts: lexical or embeddings.",
)
@click.option("--model", metavar="NAME", help="Of embeddings: a downloaded model, or a folder.")
@click.option(
    "--cosine",
    "cosines",
    multiple=True,
    metavar="TRACE=COSINE",
    help="The least of an edge, such as text=0.8; of one language en.text=0.8.",
)
@click.option(
    "--least-traces",
    multiple=True,
    metavar="TRACE=N",
    help="An account with fewer different traces is left out: co_domain=3 leaves out who links to one or two domains.",
)
@click.option(
    "--min-df",
    multiple=True,
    metavar="TRACE=N",
    help="A trace of fewer accounts does not count: co_hashtag=5 passes over hashtags that four or fewer use.",
)
@click.option(
    "--lightest",
    type=float,
    default=0.7,
    show_default=True,
    help="Share of the edges that the network `lightest` lacks.",
)
@click.option(
    "--window", "window_s", type=click.IntRange(0, 2**31), default=3600, show_default=True, help="Seconds to meet in."
)
@click.option("--centrality", type=float, default=0.01, show_default=True, help="Accounts below it are pruned.")
@click.option("--sentiment-model", metavar="NAME", help="Of sentiment, instead of lists of words: a downloaded model.")
@click.option(
    "--algorithm",
    default="louvain",
    show_default=True,
    metavar="NAME",
    shell_complete=complete.one_of("louvain", "leiden"),
    help="Of clusters: louvain or leiden.",
)
@click.option("--topics", "n_topics", type=click.IntRange(1), default=20, show_default=True, help="Topics, at most.")
@click.option(
    "--topic-model",
    default="nmf",
    show_default=True,
    metavar="NAME",
    shell_complete=complete.one_of("nmf", "bertopic"),
    help="Of topics: nmf or bertopic.",
)
@click.option(
    "--nulls", type=click.IntRange(1), default=100, show_default=True, help="Networks to compare bridges with."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=42, show_default=True, help="Of all that is drawn.")
@click.option("--run", "run_id", default="drivers", show_default=True, metavar="NAME", help="Name of the run.")
@click.option(
    "--keep", type=click.IntRange(1), default=100_000, show_default=True, help="Edges of a language to write."
)
@click.option("-o", "--output", type=_FILE, metavar="PAGE", help="Draw it all on one page: .html.")
@click.option("--tables", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Write all as .csv.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Rows of a table, some of each language and group; 0 prints all.",
)
@connected
def drivers(context: Context, limit: int, output: Path | None, tables: Path | None, **options: Any) -> None:
    """Find who drives operations in several languages, and compare them.

    In each language accounts are alike that share rare domains or hashtags, or write alike; these networks are fused,
    and the most central accounts called drivers, as in Yi (2025). Central is not guilty: a fan club has a middle too.
    Written back as (:Account)-[:ALIKE]->(:Account) and (:Account)-[:CENTRAL_IN]->(:Run), as a run: one of that name is
    replaced. `incahoots why RUN ONE OTHER` shows the posts by which two accounts are alike.

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
    check_names(context, operations=[options["operation_id"]])
    from incahoots.analytics import exports
    from incahoots.analytics.drivers.run import drivers as computed
    from incahoots.analytics.runs import runs

    if output:
        exports.check_format(output, (".html",))
    arguments = _arguments(**options)
    with progress(context) as report, context.connect() as database:
        known = runs(database).set_index("run_id")["edges"].dropna()
        found = computed(database, report=report, **arguments)
    # A run is what the last call of its name found, even if that is nothing: but who had more is told.
    if found.edges.empty and (lost := int(known.get(options["run_id"], 0))):
        warn(f"The run {options['run_id']!r} had {count(lost, 'edge')}, and has none now: it was replaced.")
    every = {name: getattr(found, name) for name in _TABLES}
    if tables:
        make_folder(tables)
        for name, table in every.items():
            exports.write_table(table, tables / f"{name}.csv")
        say(context, f"{len(every)} tables written to {tables}")
    if output:
        from incahoots.analytics.pictures.drivers import driver_sections
        from incahoots.analytics.pictures.page import save_page

        asked = "; ".join(f"{name} {value}" for name, value in _asked(options).items())
        words = f"{asked}. Central accounts are for a person to look at, and no verdict."
        save_page("Drivers", words, driver_sections(found), output)
        say(context, f"Drawn in {output}")
    for language, n_edges in found.edges.groupby("language").size().items():
        if n_edges > options["keep"]:
            warn(f"The run keeps the heaviest {options['keep']:,} of {n_edges:,} edges of {language}; see --keep.")
    if context.json:
        print_json({name: table.to_dict(orient="records") for name, table in every.items() if name != "edges"})
        return
    shown = every | {"bridges": _mixed(found.bridges)}
    cut = False
    for name, title in _TABLES.items():
        if title:
            kinds = [column for column in ("group", "language", "one", "other") if column in shown[name]]
            most = 0 if name in _WHOLE else limit
            cut |= print_first(context, shown[name], title, most, by=kinds, spare=_SPARE.get(name, ()))
    if cut:
        say(context, "--limit 0 prints all rows; --tables FOLDER writes them, with all columns.")
    if len(found.edges):
        one, other = (str(found.edges.loc[0, name]) for name in ("account_id", "other_account_id"))
        words = f"{count(len(found.drivers), 'driver')}, {count(len(found.edges), 'edge')},"
        end(context, words, "why", "--", options["run_id"], one, other)
    else:
        warn("No network has an edge: there are no drivers to find.")


def _asked(options: dict[str, Any]) -> dict[str, str]:
    """What was asked for, in words: of what is not here the defaults hold."""
    return {
        name.replace("_", " "): ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in options.items()
        if value not in (None, (), False)
    }


def _arguments(
    *, ignored: tuple[str, ...], about: Path | None, shares: tuple[str, ...], drivers_of: tuple[str, ...],
    traces: tuple[str, ...], cosines: tuple[str, ...], least_traces: tuple[str, ...], min_df: tuple[str, ...],
    languages: tuple[str, ...], **others: Any,
) -> dict[str, Any]:  # fmt: skip
    """Turn options into the arguments of the function."""
    from incahoots.analytics.drivers.ignored import read_about, read_ignored
    from incahoots.analytics.drivers.networks import DriverSettings
    from incahoots.analytics.drivers.similarity import with_numbers

    names = ("measure", "model", "lightest", "window_s", "centrality", "sentiment_model")
    chosen = {name: value for name in names if (value := others.pop(name)) is not None}
    chosen["traces"] = traces or DriverSettings.traces
    chosen["ignored"] = {
        code: read_ignored(Path(file)) for code, file in _pairs(ignored, "--ignore en=domains.csv").items()
    }
    chosen["cosines"] = _numbers(cosines, "--cosine text=0.9")
    chosen["recipes"] = with_numbers(
        least_traces=_numbers(least_traces, "--least-traces co_domain=3"),
        min_df=_numbers(min_df, "--min-df co_domain=3"),
    )
    return others | {
        "languages": languages, "settings": DriverSettings(**chosen), "shares": _numbers(shares, "--share en=0.05"),
        "drivers_of": _pairs(drivers_of, "--of es=fused"), "about": read_about(about) if about else None,
    }  # fmt: skip


def _numbers(words: tuple[str, ...], example: str) -> dict[str, float]:
    """Read NAME=NUMBER."""
    try:
        return {name: float(number) for name, number in _pairs(words, example).items()}
    except ValueError:
        raise UsageError(f"{words[-1]!r} has no number.", f"Write {example}.") from None


def _pairs(words: tuple[str, ...], example: str) -> dict[str, str]:
    """Read NAME=VALUE."""
    found = {}
    for pair in words:
        code, equals, value = pair.partition("=")
        if not (code and equals and value):
            raise UsageError(f"{pair!r} is not NAME=VALUE.", f"Write {example}.")
        found[code.lower()] = value
    return found


def _mixed(bridges: pd.DataFrame) -> pd.DataFrame:
    """Those with neighbours in several languages, the columns that say so."""
    columns = ["account_id", "main", "bilingual", "degree", "participation", "participation_z", "betweenness",
               "betweenness_z"]  # fmt: skip
    mixed = bridges[bridges["participation"] > 0]
    return mixed.sort_values(["participation", "betweenness"], ascending=False)[columns]


@drivers.command("thresholds")
@_chosen
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="Draw it: .png, .svg or .pdf.")
@click.option("--repeats", type=click.IntRange(2), default=10, show_default=True, help="Times that edges are left out.")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=42, show_default=True, help="Of which edges are left out."
)
@connected
def thresholds(
    context: Context, languages: tuple[str, ...], operation_id: str | None, retweets: bool, traces: tuple[str, ...],
    output: Path | None, repeats: int, seed: int,
) -> None:  # fmt: skip
    """Choose the least cosine of an edge by what stays the same when a tenth of the edges is left out.

    \b
    Examples:
      incahoots drivers thresholds
      incahoots drivers thresholds --language ru --trace co_hashtag --retweets -o thresholds.png
    """
    check_names(context, operations=[operation_id])
    from incahoots.analytics.drivers.networks import DriverSettings
    from incahoots.analytics.drivers.thresholds import driver_thresholds

    if output:
        from incahoots.analytics import exports, pictures

        exports.check_format(output, pictures.FORMATS)
    settings = DriverSettings(traces or DriverSettings.traces)
    with progress(context) as report, context.connect() as database:
        table = driver_thresholds(
            database, languages, settings=settings, repeats=repeats, retweets=retweets, operation_id=operation_id,
            seed=seed, report=report,
        )  # fmt: skip
    if output:
        from incahoots.analytics.pictures import save_picture
        from incahoots.analytics.pictures.drivers import draw_thresholds

        save_picture(draw_thresholds(table), output)
        say(context, f"Drawn in {output}")
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
        end(context, f"{count(len(table), 'cosine')} tried", hint="No network has enough edges to choose by.")


@drivers.command("simulate")
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option("--accounts", type=int, default=1_000, show_default=True, help="Of each language.")
@click.option("--drivers", "n_drivers", type=int, default=25, show_default=True, help="Of them, planted drivers.")
@click.option("--fans", type=int, default=40, show_default=True, help="Of them, fans of the same hashtags.")
@click.option("--days", type=int, default=120, show_default=True, help="Days from 2024-05-01.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same files.")
@shared
def simulate(context: Context, out_dir: Path, accounts: int, n_drivers: int, fans: int, days: int, seed: int) -> None:
    """Write a discussion in English and Spanish, with an operation and with fans who mean no harm.

    OUT_DIR is a new or an empty folder, or a former simulation, which is replaced; truth.csv says who is who. It is
    loaded as a whole.

    \b
    Examples:
      incahoots drivers simulate discussion/
      incahoots load io-archive discussion/
      incahoots drivers simulate small/ --accounts 400 --drivers 20
    """
    from dataclasses import asdict

    from incahoots.simulator.bilingual import simulate_bilingual

    hint = what_is_replaced(out_dir)
    with progress(context) as report:
        made = simulate_bilingual(
            out_dir, accounts=accounts, drivers=n_drivers, fans=fans, days=days, seed=seed, report=report
        )
    print_record(context, asdict(made))
    words = f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written"
    end(context, words, "load", "io-archive", str(out_dir), hint=hint)
