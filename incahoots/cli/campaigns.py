"""``incahoots campaigns``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.analytics.campaigns.options import AGGREGATES, RATIOS, EvaluationOptions, FeatureOptions
from incahoots.cli import complete
from incahoots.cli.asked import asked
from incahoots.cli.campaign_models import explain, figures, predict, train
from incahoots.cli.campaign_options import FILE, check_apart, days, merge
from incahoots.cli.context import Context
from incahoots.cli.options import Window, connected, shared
from incahoots.cli.output import count, end, print_json, print_record, print_table, say, showing_progress
from incahoots.cli.simulate import what_is_replaced

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


@dataclass(frozen=True)
class _Evaluated:
    """Options of `evaluate` that are not those of the protocol."""

    names: tuple[str, ...] = ("paper",)
    jobs: int = 2
    output: Path | None = None


@click.group()
def campaigns() -> None:
    """Classify days as campaign days or ordinary days by their coordination networks.

    \b
    Examples:
      incahoots campaigns simulate two-years/
      incahoots load posts two-years/ --bulk
      incahoots campaigns features features.parquet
      incahoots campaigns evaluate features.parquet --every 60
      incahoots campaigns train features.parquet -o model.zip
    """


for command in (train, predict, explain, figures):
    campaigns.add_command(command)


@campaigns.command("simulate")
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option(
    "--campaigns", "n_campaigns", type=click.IntRange(1), default=10, show_default=True, help="Number of campaigns."
)
@click.option("--days", type=click.IntRange(1), default=730, show_default=True, help="Number of days from 2018-01-01.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Factor for the numbers of posts.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same files.")
@shared
def simulate(context: Context, out_dir: Path, n_campaigns: int, days: int, scale: float, seed: int) -> None:
    """Simulate two years of campaigns and of four ordinary populations.

    OUT_DIR is a new or empty folder, or an earlier simulation, which is replaced. Load the folder as a whole.

    \b
    Examples:
      incahoots campaigns simulate two-years/
      incahoots load posts two-years/ --bulk
      incahoots campaigns simulate small/ --campaigns 6 --days 120
    """
    from dataclasses import asdict

    from incahoots.simulator.campaigns import simulate_campaigns

    hint = what_is_replaced(out_dir)
    with showing_progress(context) as progress:
        made = simulate_campaigns(out_dir, campaigns=n_campaigns, days=days, scale=scale, seed=seed, progress=progress)
    print_record(context, asdict(made))
    words = f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written"
    end(context, words, "load", "posts", str(out_dir), "--bulk", hint=hint)


@campaigns.command("features")
@click.argument("path", metavar="FILE", type=FILE)
@click.option(
    "--window",
    type=Window(),
    default=FeatureOptions.window,
    show_default=True,
    help="Maximum time between two posts that match.",
)
@days
@merge("Count an operation under this name; may be repeated.")
@click.option("--only", multiple=True, metavar="POPULATION", help="Only this population; may be repeated.")
@connected
@asked(FeatureOptions)
def features(context: Context, options: FeatureOptions, path: Path) -> None:
    """Compute the features of the networks of every population, by day and by week.

    A population is an operation, or a baseline (`incahoots load ... --baseline`). It has six networks on each day:
    retweet, co_tweet, co_retweet, co_hashtag, co_mention and co_url; each has seven features. FILE is a .parquet. Its
    rows are kept: only days that are new or have other posts are computed.

    \b
    Examples:
      incahoots campaigns features features.parquet
      incahoots campaigns features features.parquet --merge ru_2019=Russia --merge ru_2020=Russia
      incahoots campaigns features quick.parquet --only ru_2019 --since 2018-01-01 --until 2018-02-01
    """
    from incahoots.analytics.campaigns.features import campaign_features, overview
    from incahoots.analytics.networks import exports

    exports.check_format(path, (".parquet",))
    with showing_progress(context) as progress, context.connect() as database:
        computed = 0.0

        def counting(what: str, done: float, total: float | None = None) -> None:
            nonlocal computed
            computed = done
            progress(what, done, total)

        frame = campaign_features(database, options, path=path, progress=counting)
    table = overview(frame)
    if context.json:
        about = {"path": str(path), "computed_days": int(computed)}
        print_json(about | {"populations": table.to_dict(orient="records")})
        return
    print_table(context, table, "Populations")
    n_days = frame["date"].nunique()
    known = f"; {path} already had the others" if computed < n_days else ""
    words = f"{computed:,.0f} of {count(n_days, 'day')} computed{known},"
    end(context, words, "campaigns", *_next(frame, path))


def _next(frame: pd.DataFrame, path: Path) -> tuple[str, ...]:
    """Choose the next command: an evaluation needs campaigns, baselines and enough days to train on."""
    labels = frame.groupby("population")["label"].first()
    days = frame["date"].nunique()
    if (labels == "campaign").sum() < 2 or (labels == "baseline").sum() < 1 or days < _LEAST_DAYS:
        return ("figures", str(path), "-o", "campaigns.html")
    # Train on a third of the days, at most the default, and test some of the others.
    to_train = min(EvaluationOptions.n_days, days // 3)
    fewer = () if to_train == EvaluationOptions.n_days else ("--days", str(to_train), "--left-out", str(to_train))
    return ("evaluate", str(path), *fewer, "--every", str(min(60, days // 6)))


#: Number of days from which an evaluation is suggested as the next command.
_LEAST_DAYS = 6


@campaigns.command("evaluate")
@click.argument("path", metavar="FILE", type=FILE)
@click.option(
    "--task",
    type=click.IntRange(1, 2),
    default=EvaluationOptions.task,
    show_default=True,
    help="1 tests known populations, 2 new ones.",
)
@click.option(
    "--ratio",
    type=click.Choice([*RATIOS]),
    default=EvaluationOptions.ratio,
    show_default=True,
    help="Campaigns to baselines that train.",
)
@click.option(
    "--aggregate",
    type=click.Choice(AGGREGATES),
    default=EvaluationOptions.aggregate,
    show_default=True,
    help="Features of days or of weeks.",
)
@click.option(
    "--days",
    "n_days",
    type=click.IntRange(1),
    default=EvaluationOptions.n_days,
    show_default=True,
    help="Number of days to train on.",
)
@click.option(
    "--tuning",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Choose --days on this number of days at the beginning, which are not tested.",
)
@days
@click.option(
    "--left-out",
    type=click.IntRange(0),
    default=EvaluationOptions.left_out,
    show_default=True,
    help="Number of days at the beginning that are not tested.",
)
@click.option(
    "--every",
    type=click.IntRange(1),
    default=EvaluationOptions.every,
    show_default=True,
    help="Test only every n-th day.",
)
@click.option(
    "--classifier",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.one_of("paper", "size", "change"),
    help="paper (default), size or change; may be repeated.",
)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Number of processes.")
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write all predictions to .csv or .parquet.")
@shared
@asked(EvaluationOptions)
@asked(_Evaluated)
def evaluate(context: Context, options: EvaluationOptions, given: _Evaluated, path: Path) -> None:
    """Train and test day by day, as Vargas, Emami and Traynor (2020) do.

    FILE is a file of `incahoots campaigns features`. Task 1 tests the next day of the populations that train, task 2 a
    campaign and a baseline that do not. All days take a day or two; --every 60 takes minutes and is less exact.

    \b
    Examples:
      incahoots campaigns evaluate features.parquet --every 60
      incahoots campaigns evaluate features.parquet --task 2 --ratio 5:15 --aggregate week --every 60
      incahoots campaigns evaluate features.parquet --classifier paper --classifier size --every 60
      incahoots campaigns evaluate features.parquet --tuning 90 --every 60
    """
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.tuning import compare_classifiers
    from incahoots.analytics.networks import exports

    if given.output:
        exports.check_format(given.output, (".csv", ".parquet"))
    check_apart(given.output, path)
    frame = read_features(path)
    with showing_progress(context) as progress:
        found = compare_classifiers(frame, given.names, options, jobs=given.jobs, progress=progress)
    if given.output:
        exports.write_table(found.attempts, given.output)
        say(context, f"Predictions written to {given.output}")
    if context.json:
        print_json({"summary": found.summary.to_dict(orient="records")})
        return
    print_table(context, found.summary, "Means over days, and 95 % intervals")
    tested = f"{count(len(found.attempts), 'prediction')} tested"
    end(context, tested, "campaigns", "train", str(path), "-o", "model.zip")
