"""``incahoots campaigns``: train models, predict with them, and explain their predictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.analytics.campaigns.options import AGGREGATES, EvidenceOptions, TrainingOptions
from incahoots.cli import complete
from incahoots.cli.asked import as_utc, asked
from incahoots.cli.campaign_options import DATE, FILE, check_apart, days, merge
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected, shared
from incahoots.cli.output import count, end, print_first, print_json, print_table, say, showing_progress
from incahoots.errors import command
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


@dataclass(frozen=True)
class _Days:
    """A range of days."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class _Explained:
    """Options of `explain`."""

    networks: int = 2
    merge: dict[str, list[str]] = field(default_factory=dict)
    limit: int = 10
    output: Path | None = None


@click.command("train")
@click.argument("path", metavar="FEATURES", type=FILE)
@click.option("-o", "--output", "model_path", metavar="MODEL", type=FILE, required=True, help="Write the model: .zip.")
@click.option(
    "--aggregate",
    type=click.Choice(AGGREGATES),
    default=TrainingOptions.aggregate,
    show_default=True,
    help="Features of days or of weeks.",
)
@click.option(
    "--classifier",
    metavar="NAME",
    shell_complete=complete.one_of("paper", "size", "change"),
    default=TrainingOptions.classifier,
    show_default=True,
    help="paper, size or change.",
)
@click.option(
    "--share",
    type=float,
    default=TrainingOptions.share,
    show_default=True,
    help="Share of campaigns among the populations that the model will be asked about.",
)
@days
@click.option(
    "--seed", type=click.IntRange(0), default=TrainingOptions.seed, show_default=True, help="Random seed of the forest."
)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Number of processes.")
@shared
@asked(TrainingOptions)
@asked(_Days)
def train(context: Context, options: TrainingOptions, within: _Days, path: Path, model_path: Path, jobs: int) -> None:
    """Train a model on days of known campaigns and baselines, and save it.

    Its probabilities are calibrated by leaving out each population in turn, and are valid where --share of the
    populations are campaigns. The file is not a pickle: opening it runs no code.

    \b
    Examples:
      incahoots campaigns train features.parquet -o model.zip
      incahoots campaigns train features.parquet -o model.zip --classifier change --share 0.1
      incahoots campaigns train features.parquet -o model.zip --until 2019-01-01
    """
    from incahoots.analytics.campaigns.features import days_between, read_features
    from incahoots.analytics.campaigns.model import train_model as trained
    from incahoots.analytics.networks import exports

    exports.check_format(model_path, (".zip",))
    check_apart(model_path, path)
    frame = days_between(read_features(path), within.since, within.until)
    with showing_progress(context) as progress:
        model = trained(frame, options, jobs=jobs, progress=progress)
    model.save(model_path)
    quality = model.calibration
    written = {name: model.training[name].dt.strftime("%Y-%m-%d") for name in ("first", "last")}
    training = model.training.assign(**written)
    if context.json:
        print_json({
            "path": str(model_path), "training": training.to_dict(orient="records"),
            "roc_auc": quality.roc_auc, "brier": quality.brier, "brier_of_share": quality.brier_of_share,
            "reliability": quality.reliability.to_dict(orient="records"),
        })  # fmt: skip
        return
    print_table(context, training, "Trained on")
    print_table(
        context,
        quality.reliability,
        "Predicted probabilities and observed shares of campaigns, for populations left out of the training",
    )
    say(
        context,
        f"ROC AUC {quality.roc_auc:.3f}; Brier score {quality.brier:.3f} (share alone: {quality.brier_of_share:.3f}).",
    )
    if quality.brier >= quality.brier_of_share:
        warn("On populations left out of the training, its probabilities are no better than the share alone.")
    words = f"A model of {count(len(training), 'population', 'populations')} written to {model_path}"
    end(context, words, "campaigns", "predict", str(model_path), str(path))


@click.command("predict")
@click.argument("model_path", metavar="MODEL", type=FILE)
@click.argument("path", metavar="FEATURES", type=FILE)
@days
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write the probability of every day: .csv or .parquet.")
@shared
@asked(_Days)
def predict(context: Context, within: _Days, model_path: Path, path: Path, output: Path | None) -> None:
    """Compute for each population and day the probability that it is a campaign's.

    A probability is not a verdict: some ordinary populations look like campaigns on days of events. Days that trained
    the model are counted separately: a prediction for them is no evidence.

    \b
    Examples:
      incahoots campaigns predict model.zip features.parquet
      incahoots campaigns predict model.zip new.parquet --since 2019-01-01 -o probabilities.csv
    """
    from incahoots.analytics.campaigns.features import days_between, read_features
    from incahoots.analytics.campaigns.model import by_population, load_model
    from incahoots.analytics.networks import exports

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    check_apart(output, model_path, path)
    model = load_model(model_path)
    found = days_between(model.predict(read_features(path)), within.since, within.until)
    if output:
        exports.write_table(found, output)
        say(context, f"{len(found):,} days written to {output}")
    table = by_population(found)
    if context.json:
        print_json({"aggregate": model.aggregate, "populations": table.to_dict(orient="records")})
        return
    print_table(context, table, f"Probability of a campaign by population, over each {model.aggregate}")
    new = found[~found["in_training"]]
    if new.empty:
        warn("All these days trained the model: its predictions for them are no evidence.")
    highest = (found if new.empty else new).sort_values("probability", ascending=False, kind="stable").iloc[0]
    day = f"{highest['date']:%Y-%m-%d}"
    words = f"{count(len(found), 'day')} of {count(len(table), 'population', 'populations')}"
    end(context, words, "campaigns", "explain", str(model_path), str(path), str(highest["population"]), day)


@click.command("explain")
@click.argument("model_path", metavar="MODEL", type=FILE)
@click.argument("path", metavar="FEATURES", type=FILE)
@click.argument("population")
@click.argument("date", metavar="DATE", type=DATE, callback=as_utc)
@click.option(
    "--networks",
    type=click.IntRange(0),
    default=_Explained.networks,
    show_default=True,
    help="Number of networks to show posts of.",
)
@merge("The --merge with which the features were computed.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=_Explained.limit,
    show_default=True,
    help="Rows to print of a table; 0 prints all.",
)
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write all pairs of posts to .csv or .parquet.")
@connected
@asked(_Explained)
def explain(context: Context, given: _Explained, model_path: Path, path: Path, population: str, date: datetime) -> None:
    """Explain why the model considers a day part of a campaign.

    It shows how much each feature contributed, and the edges and posts behind it.

    DATE is a day in UTC; for a model of weeks, the last day of the week. Contributions are SHAP values and need
    `pip install "incahoots[shap]"`.

    \b
    Examples:
      incahoots campaigns explain model.zip features.parquet ru_2019 2019-03-02
      incahoots campaigns explain model.zip features.parquet ru_2019 2019-03-02 --networks 6 -o posts.csv
    """
    import pandas as pd

    from incahoots.analytics.campaigns import explain as evidence
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import load_model
    from incahoots.analytics.networks import exports

    limit, output = given.limit, given.output
    if output:
        exports.check_format(output, (".csv", ".parquet"))
    check_apart(output, model_path, path)
    model, day = load_model(model_path), pd.Timestamp(date)
    frame = read_features(path)
    contributions = evidence.explain_day(model, frame, population, day)
    said = model.predict(frame[frame["population"] == population])
    row = said[said["date"] == day].iloc[0]
    posts: dict[str, pd.DataFrame] = {}
    counts: dict[str, int] = {}
    if names := evidence.networks_behind(contributions, given.networks):
        options = EvidenceOptions(model.aggregate, model.window_s, given.merge, 0 if output else evidence.LIMIT)
        with context.connect() as database:
            behind = evidence.all_behind(database, population, day, names, options)
        posts, counts = behind.posts, behind.counts
        if behind.n_posts != row["posts"]:
            warn(
                f"The features were computed from {row['posts']:,} posts, but the graph now has {behind.n_posts:,}. "
                f"Compute them again: {command('campaigns', 'features', given=[path])}"
            )
    if output:
        every = [table.assign(network=network) for network, table in posts.items()]
        exports.write_table(pd.concat(every, ignore_index=True) if every else pd.DataFrame({"network": []}), output)
        say(context, f"{sum(map(len, posts.values())):,} pairs of posts written to {output}")
    largest = contributions.reindex(contributions["contribution"].abs().sort_values(ascending=False).index)
    tables = {"contributions": (largest, "Contribution of each feature to the score")}
    for network, table in posts.items():
        edges, traces = evidence.edges_behind(table), evidence.traces_behind(table)
        tables[f"{network}_edges"] = (edges, f"{network}: {len(edges):,} edges")
        words = f"{network}: {len(table):,} pairs of posts, the first of each trace"
        tables[f"{network}_posts"] = (traces, words)
        if len(table) < counts[network]:
            warn(f"Only the first {len(table):,} of {counts[network]:,} pairs of posts of {network} were read.")
    if context.json:
        about = {"population": population, "date": day, "aggregate": model.aggregate}
        about |= {name: row[name] for name in ("score", "probability", "in_training")}
        about |= {"left_out": {network: counts[network] - len(table) for network, table in posts.items()}}
        print_json(about | {name: table.to_dict(orient="records") for name, (table, _) in tables.items()})
        return
    say(
        context,
        f"{population}, {model.aggregate} to {day:%Y-%m-%d}: score {row['score']:.2f}, probability "
        f"{row['probability']:.2f}{', a day that trained the model' if row['in_training'] else ''}.",
    )
    cut = False
    for name, (table, title) in tables.items():
        # Ids of posts and the second text are in -o and --json only; the trace of texts is a hash.
        aside = [name for name in ("tweet_id", "other_tweet_id", "other_text") if name in table]
        aside += ["trace"] if name == "co_tweet_posts" else []
        cut |= print_first(context, table.drop(columns=aside), title, limit)
    if cut:
        say(context, "--limit 0 prints all rows; -o FILE writes all pairs of posts.")
    if given.networks and not posts:
        say(context, "No network with posts adds to the score, so there are no posts to show.")
    pairs = sum(map(len, posts.values()))
    end(context, f"{count(pairs, 'pair of posts', 'pairs of posts')} in {count(len(posts), 'network')}")


@click.command("figures")
@click.argument("path", metavar="FEATURES", type=FILE)
@click.option("-o", "--output", metavar="PAGE", type=FILE, required=True, help="Write the page: .html.")
@click.option("--model", "model_path", metavar="MODEL", type=FILE, help="Also show the features that a model uses.")
@click.option("--predictions", metavar="FILE", type=FILE, help="A file of evaluate -o: also show the metrics.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Random seed of the map of days.")
@shared
def figures(
    context: Context, path: Path, output: Path, model_path: Path | None, predictions: Path | None, seed: int
) -> None:
    """Draw the days of populations, the features that a model uses, and how well it classifies, on one page.

    The page is one file that opens offline. --model needs `pip install "incahoots[shap]"`.

    \b
    Examples:
      incahoots campaigns figures features.parquet -o campaigns.html
      incahoots campaigns figures features.parquet -o campaigns.html --model model.zip --predictions predictions.csv
    """
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import load_model
    from incahoots.analytics.networks import exports
    from incahoots.analytics.pictures.of_campaigns import campaign_sections, read_predictions
    from incahoots.analytics.pictures.page import save_page

    exports.check_format(output, (".html",))
    check_apart(output, path, model_path, predictions)
    frame = read_features(path)
    model = load_model(model_path) if model_path else None
    if model:
        # Check the features before drawing, which takes half a minute.
        model.rows(frame)
    attempts = read_predictions(predictions) if predictions else None
    with showing_progress(context) as progress, part(progress, "drawing"):
        sections = campaign_sections(frame, model, attempts, seed=seed)
    first, last = (f"{day:%Y-%m-%d}" for day in (frame["date"].min(), frame["date"].max()))
    words = f"{frame['population'].nunique()} populations from {first} to {last}. Scores are evidence, not verdicts."
    save_page("Days of campaigns and of baselines", words, sections, output)
    end(context, f"{count(len(sections), 'section')} drawn in {output}")
