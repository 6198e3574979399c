"""``incahoots campaigns``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.cli import complete
from incahoots.cli.campaign_models import explain, figures, predict, train
from incahoots.cli.campaign_options import DATE, FILE, between, check_apart, check_order, merged
from incahoots.cli.options import Context, Window, connected, shared
from incahoots.cli.output import count, end, print_json, print_record, print_table, progress, say
from incahoots.cli.simulate import what_is_replaced
from incahoots.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


@click.group()
def campaigns() -> None:
    """Tell days of campaigns from other days, by their networks.

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
@click.option("--campaigns", "n_campaigns", type=click.IntRange(1), default=10, show_default=True, help="Campaigns.")
@click.option("--days", type=click.IntRange(1), default=730, show_default=True, help="Days from 2018-01-01.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Of the numbers of posts.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same files.")
@shared
def simulate(context: Context, out_dir: Path, n_campaigns: int, days: int, scale: float, seed: int) -> None:
    """Write two years of invented campaigns and of four ordinary communities.

    OUT_DIR is a new or an empty folder, or a former simulation, which is replaced; it is loaded as a whole.

    \b
    Examples:
      incahoots campaigns simulate two-years/
      incahoots load posts two-years/ --bulk
      incahoots campaigns simulate small/ --campaigns 6 --days 120
    """
    from dataclasses import asdict

    from incahoots.simulator.communities import simulate_communities

    hint = what_is_replaced(out_dir)
    with progress(context) as report:
        made = simulate_communities(out_dir, campaigns=n_campaigns, days=days, scale=scale, seed=seed, report=report)
    print_record(context, asdict(made))
    words = f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written"
    end(context, words, "load", "posts", str(out_dir), "--bulk", hint=hint)


@campaigns.command("features")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--window", type=Window(), default="60s", show_default=True, help="Longest time between posts.")
@click.option("--since", type=DATE, metavar="DATE", help="First day, UTC.")
@click.option("--until", type=DATE, metavar="DATE", help="The day after the last, UTC.")
@click.option("--merge", "merges", multiple=True, metavar="OPERATION=NAME", help="Count an operation under this name.")
@click.option("--only", multiple=True, metavar="COMMUNITY", help="Only this community; may be repeated.")
@connected
def features(
    context: Context,
    path: Path,
    window: int,
    since: datetime | None,
    until: datetime | None,
    merges: tuple[str, ...],
    only: tuple[str, ...],
) -> None:
    """Compute what the networks of every community look like, by day and by week.

    Communities are operations, and baselines (`incahoots load ... --baseline`). Of each, on each day, six networks:
    retweet, co_tweet, co_retweet, co_hashtag, co_mention and co_url; of each network seven figures. FILE is a .parquet;
    what is in it is kept, and only days that are new or have other posts are computed.

    \b
    Examples:
      incahoots campaigns features features.parquet
      incahoots campaigns features features.parquet --merge ru_2019=Russia --merge ru_2020=Russia
      incahoots campaigns features quick.parquet --only ru_2019 --since 2018-01-01 --until 2018-02-01
    """
    import pandas as pd

    from incahoots.analytics import exports
    from incahoots.analytics.campaigns.features import campaign_features

    exports.check_format(path, (".parquet",))
    check_order(since, until)
    merge = merged(merges)
    first, last = (None if day is None else pd.Timestamp(day.replace(tzinfo=UTC)) for day in (since, until))
    with progress(context) as report, context.connect() as database:
        counted = 0.0

        def told(what: str, done: float, total: float | None = None) -> None:
            nonlocal counted
            counted = done
            report(what, done, total)

        frame = campaign_features(
            database, path=path, window=window, since=first, until=last, merge=merge, only=only, report=told
        )
    table = _overview(frame)
    if context.json:
        about = {"path": str(path), "computed_days": int(counted)}
        print_json(about | {"communities": table.to_dict(orient="records")})
        return
    print_table(context, table, "Communities")
    days = frame["date"].nunique()
    known = f"; the others were in {path} already" if counted < days else ""
    words = f"{counted:,.0f} of {count(days, 'day')} computed{known},"
    end(context, words, "campaigns", *_next(frame, path))


def _next(frame: pd.DataFrame, path: Path) -> tuple[str, ...]:
    """Name the step that can be gone with what there is: an evaluation needs both kinds, and days to train on."""
    labels = frame.groupby("community")["label"].first()
    days = frame["date"].nunique()
    if (labels == "campaign").sum() < 2 or (labels == "baseline").sum() < 1 or days < _LEAST_DAYS:
        return ("figures", str(path), "-o", "campaigns.html")
    # A third of the days to train on, but no more than evaluate takes by itself; tested are some of the others.
    to_train = min(60, days // 3)
    fewer = () if to_train == 60 else ("--days", str(to_train), "--left-out", str(to_train))
    return ("evaluate", str(path), *fewer, "--every", str(min(60, days // 6)))


#: Days from which on an evaluation is named as the next step.
_LEAST_DAYS = 6


def _overview(frame: pd.DataFrame) -> pd.DataFrame:
    """A row a community: how large it is, and on how many days each network has an edge."""
    from incahoots.analytics.campaigns.columns import NETWORKS

    days = frame[frame["aggregate"] == "day"]
    grouped = days.groupby("community")
    table = grouped.agg(label=("label", "first"), days=("date", "size"), posts=("posts", "sum"))
    table["active"] = grouped["posts"].agg(lambda posts: int((posts > 0).sum()))
    for network in NETWORKS:
        table[network] = grouped[f"{network}_edges"].agg(lambda edges: int((edges > 0).sum()))
    return table.reset_index()


@campaigns.command("evaluate")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--task", type=click.IntRange(1, 2), default=1, show_default=True, help="1: known communities. 2: new.")
@click.option("--ratio", type=click.Choice(["2:18", "5:15"]), default="2:18", show_default=True, help="Of both kinds.")
@click.option("--aggregate", type=click.Choice(["day", "week"]), default="day", show_default=True, help="Of features.")
@click.option("--days", "n_days", type=click.IntRange(1), default=60, show_default=True, help="Days to train on.")
@click.option(
    "--tuning",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Choose --days by the first so many days, and leave those out.",
)
@click.option("--since", type=DATE, metavar="DATE", help="First day, UTC, of what comes before the tested days too.")
@click.option("--until", type=DATE, metavar="DATE", help="The day after the last, UTC.")
@click.option("--left-out", type=click.IntRange(0), default=60, show_default=True, help="First days, not tested.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Test only every so many days.")
@click.option(
    "--classifier",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.one_of("paper", "size", "change"),
    help="paper (default), size or change.",
)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write all predictions: .csv or .parquet.")
@shared
def evaluate(
    context: Context,
    path: Path,
    task: int,
    ratio: str,
    aggregate: str,
    n_days: int,
    tuning: int | None,
    since: datetime | None,
    until: datetime | None,
    left_out: int,
    every: int,
    names: tuple[str, ...],
    jobs: int,
    output: Path | None,
) -> None:
    """Train and test day by day, as Vargas, Emami and Traynor (2020) do.

    FILE is of `incahoots campaigns features`. Task 1 tests the next day of the communities it was trained on; task 2 a
    campaign and a baseline that it never saw. All days take a day or two; --every 60 some minutes, less exactly.

    \b
    Examples:
      incahoots campaigns evaluate features.parquet --every 60
      incahoots campaigns evaluate features.parquet --task 2 --ratio 5:15 --aggregate week --every 60
      incahoots campaigns evaluate features.parquet --classifier paper --classifier size --every 60
      incahoots campaigns evaluate features.parquet --tuning 90 --every 60
    """
    import pandas as pd

    from incahoots.analytics import exports
    from incahoots.analytics.campaigns.classifiers import CLASSIFIERS
    from incahoots.analytics.campaigns.columns import with_change
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.panel import Panel
    from incahoots.analytics.campaigns.protocol import evaluate as evaluated
    from incahoots.analytics.campaigns.tuning import best, tune

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    check_apart(output, path)
    unknown = [name for name in names if name not in CLASSIFIERS]
    if unknown:
        raise UsageError(f"There is no classifier {unknown[0]!r}.", f"Choose from: {', '.join(CLASSIFIERS)}.")
    frame = between(with_change(read_features(path)), since, until)
    parts, attempts = [], []
    with progress(context) as report:
        for name in names or ("paper",):
            classifier = CLASSIFIERS[name]
            panel = Panel.of(frame, aggregate, classifier.features)
            if tuning:
                tuned = tune(panel.between(0, tuning), classifier, ratio=ratio, every=every, jobs=jobs, report=report)
                n_days, panel = best(tuned), panel.between(tuning, len(panel.dates))
            found = evaluated(
                panel, classifier, task=task, ratio=ratio, n_days=n_days, left_out=left_out, every=every, jobs=jobs,
                report=report,
            )  # fmt: skip
            parts.append(found.summary)
            attempts.append(found.attempts.assign(task=task, ratio=ratio, aggregate=aggregate, classifier=name))
    if output:
        exports.write_table(pd.concat(attempts, ignore_index=True), output)
        say(context, f"Predictions written to {output}")
    table = pd.concat(parts, ignore_index=True)
    if context.json:
        print_json({"summary": table.to_dict(orient="records")})
        return
    print_table(context, table, "Mean over days, and 95 % intervals")
    n = sum(map(len, attempts))
    end(context, f"{count(n, 'prediction')} tested", "campaigns", "train", str(path), "-o", "model.zip")
