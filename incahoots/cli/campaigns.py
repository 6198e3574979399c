"""``incahoots campaigns``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click

from incahoots.analytics.campaigns.options import EvaluationOptions, FeatureOptions
from incahoots.cli import complete
from incahoots.cli.asked import FILE, Output, asks, gathered, option, options_of, output, whole
from incahoots.cli.campaign_models import explain, figures, merged, predict, train
from incahoots.cli.context import Context
from incahoots.cli.options import connected, shared
from incahoots.cli.output import TABLES, count, end, print_json, print_table, save_table, showing_progress
from incahoots.cli.simulate import write_simulation
from incahoots.simulator.options import CampaignSimulationOptions

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


@click.group()
def campaigns() -> None:
    """Classify days as campaign or ordinary days by their coordination networks.

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
@click.argument("out_dir", type=Output())
@shared
@options_of(CampaignSimulationOptions)
def simulate(context: Context, options: CampaignSimulationOptions, out_dir: Path) -> None:
    """Simulate two years of campaigns and of four ordinary populations.

    OUT_DIR is a new or empty folder, or an earlier simulation, which is replaced. Load the folder as a whole.

    \b
    Examples:
      incahoots campaigns simulate two-years/
      incahoots load posts two-years/ --bulk
      incahoots campaigns simulate small/ --campaigns 6 --days 120
    """
    from incahoots.simulator.campaigns import simulate_campaigns

    write_simulation(context, simulate_campaigns, options, out_dir, "load", "posts", str(out_dir), "--bulk")


@campaigns.command("features")
@click.argument("path", metavar="FILE", type=Output(".parquet", folder=False))
@connected
@options_of(
    FeatureOptions,
    merge=merged("Count an operation under this name; may be repeated."),
    only=option(metavar="POPULATION"),
)
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
@shared
@options_of(
    EvaluationOptions,
    "seeds",
    "sets",
    n_days=option("--days"),
    tuning=option(type=whole(1), metavar="DAYS", default=None, show_default=False),
)
@gathered
@asks(
    "--classifier", "names", words="Features to use: paper, size or change; may be repeated.", metavar="NAME",
    default=("paper",), multiple=True, shell_complete=complete.one_of("paper", "size", "change"),
)  # fmt: skip
@asks("--jobs", words="Number of processes.", default=2, type=whole(1))
@output("Write all predictions to .csv or .parquet.", *TABLES)
def evaluate(context: Context, options: EvaluationOptions, path: Path, given: SimpleNamespace) -> None:
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

    frame = read_features(path)
    with showing_progress(context) as progress:
        found = compare_classifiers(frame, given.names, options, jobs=given.jobs, progress=progress)
    save_table(context, found.attempts, given.output, "prediction")
    if context.json:
        print_json({"summary": found.summary.to_dict(orient="records")})
        return
    print_table(context, found.summary, "Means over days, and 95 % intervals")
    tested = f"{count(len(found.attempts), 'prediction')} tested"
    end(context, tested, "campaigns", "train", str(path), "-o", "model.zip")
