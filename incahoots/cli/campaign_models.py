"""``incahoots campaigns``: train models, predict with them, and explain their predictions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click

from incahoots.analytics.campaigns.options import EvidenceOptions, TrainingOptions
from incahoots.cli.asked import (
    FILE,
    Output,
    Row,
    as_option,
    asks,
    date,
    gathered,
    named,
    options_of,
    output,
    rows,
    whole,
)
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected, shared
from incahoots.cli.output import (
    TABLES,
    Shown,
    count,
    end,
    print_json,
    print_table,
    print_tables,
    save_table,
    say,
    showing_progress,
)
from incahoots.errors import command
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


def merged(words: str) -> Row:
    """Describe the option that merges operations."""

    def read(found: dict[str, str]) -> dict[str, list[str]]:
        merge = defaultdict(list)
        for operation, name in found.items():
            merge[name].append(operation)
        return dict(merge)

    return named("OPERATION=NAME", "--merge ru_2019=Russia", words, read=read)


since = asks("--since", words="First day, UTC.", type=date())
until = asks("--until", words="Day after the last day, UTC.", type=date())


@click.command("train")
@click.argument("path", metavar="FEATURES", type=FILE)
@click.option(
    "-o", "--output", "model_path", metavar="MODEL", type=Output(".zip", folder=False), required=True,
    help="Write the model: .zip.",
)  # fmt: skip
@shared
@options_of(TrainingOptions)
@gathered
@since
@until
@asks("--jobs", words="Number of processes.", default=2, type=whole(1))
def train(context: Context, options: TrainingOptions, path: Path, model_path: Path, given: SimpleNamespace) -> None:
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

    frame = days_between(read_features(path), given.since, given.until)
    with showing_progress(context) as progress:
        model = trained(frame, options, jobs=given.jobs, progress=progress)
    model.save(model_path)
    quality = model.calibration
    written = {name: model.training[name].dt.strftime("%Y-%m-%d") for name in ("first", "last")}
    training = model.training.assign(**written)
    about = {"path": str(model_path)} | {
        name: getattr(quality, name) for name in ("roc_auc", "brier", "brier_of_share")
    }
    tables = {"training": training, "reliability": quality.reliability}
    observed = "Predicted probabilities and observed shares of campaigns, for populations left out of the training"
    if print_tables(context, tables, Shown({"training": "Trained on", "reliability": observed}, 0, ""), about):
        return
    brier = f"Brier score {quality.brier:.3f} (share alone: {quality.brier_of_share:.3f})"
    say(context, f"ROC AUC {quality.roc_auc:.3f}; {brier}.")
    if quality.brier >= quality.brier_of_share:
        warn("On populations left out of the training, its probabilities are no better than the share alone.")
    words = f"A model of {count(len(training), 'population', 'populations')} written to {model_path}"
    end(context, words, "campaigns", "predict", str(model_path), str(path))


@click.command("predict")
@click.argument("model_path", metavar="MODEL", type=FILE)
@click.argument("path", metavar="FEATURES", type=FILE)
@shared
@gathered
@since
@until
@output("Write the probability of every day: .csv or .parquet.", *TABLES)
def predict(context: Context, model_path: Path, path: Path, given: SimpleNamespace) -> None:
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

    model = load_model(model_path)
    found = days_between(model.predict(read_features(path)), given.since, given.until)
    save_table(context, found, given.output, "day")
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
@click.argument("date", metavar="DATE", type=date())
@connected
@gathered
@asks("--networks", words="Number of networks to show posts of.", default=2)
@as_option(merged("The --merge with which the features were computed."), "--merge")
@rows(10)
@output("Write all pairs of posts to .csv or .parquet.", *TABLES)
def explain(
    context: Context, model_path: Path, path: Path, population: str, date: datetime, given: SimpleNamespace
) -> None:
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

    model, day = load_model(model_path), pd.Timestamp(date)
    frame = read_features(path)
    contributions = evidence.explain_day(model, frame, population, day)
    predicted = model.predict(frame[frame["population"] == population])
    row = predicted[predicted["date"] == day].iloc[0]
    posts: dict[str, pd.DataFrame] = {}
    counts: dict[str, int] = {}
    if names := evidence.networks_behind(contributions, given.networks):
        options = EvidenceOptions(model.aggregate, model.window_s, given.merge, 0 if given.output else evidence.LIMIT)
        with context.connect() as database:
            behind = evidence.all_behind(database, population, day, names, options)
        posts, counts = behind.posts, behind.counts
        if behind.n_posts != row["posts"]:
            warn(
                f"The features were computed from {row['posts']:,} posts, but the graph now has {behind.n_posts:,}. "
                f"Compute them again: {command('campaigns', 'features', given=[path])}"
            )
    every = [table.assign(network=network) for network, table in posts.items()]
    whole = pd.concat(every, ignore_index=True) if every else pd.DataFrame({"network": []})
    save_table(context, whole, given.output, "pair of posts", "pairs of posts")
    largest = contributions.reindex(contributions["contribution"].abs().sort_values(ascending=False).index)
    tables, titles = {"contributions": largest}, {"contributions": "Contribution of each feature to the score"}
    for network, table in posts.items():
        edges, traces = evidence.edges_behind(table), evidence.traces_behind(table)
        tables |= {f"{network}_edges": edges, f"{network}_posts": traces}
        titles[f"{network}_edges"] = f"{network}: {len(edges):,} edges"
        titles[f"{network}_posts"] = f"{network}: {len(table):,} pairs of posts, the first of each trace"
        if len(table) < counts[network]:
            warn(f"Only the first {len(table):,} of {counts[network]:,} pairs of posts of {network} were read.")
    about = {"population": population, "date": day, "aggregate": model.aggregate}
    about |= {name: row[name] for name in ("score", "probability", "in_training")}
    about |= {"left_out": {network: counts[network] - len(table) for network, table in posts.items()}}
    if not context.json:
        said = f"score {row['score']:.2f}, probability {row['probability']:.2f}"
        trained = ", a day that trained the model" if row["in_training"] else ""
        say(context, f"{population}, {model.aggregate} to {day:%Y-%m-%d}: {said}{trained}.")
        # Ids of posts and the second text are in -o and --json only; the trace of texts is a hash.
        aside = ["tweet_id", "other_tweet_id", "other_text"]
        tables = {
            name: table.drop(columns=[*aside, *["trace"] * (name == "co_tweet_posts")], errors="ignore")
            for name, table in tables.items()
        }
    if print_tables(context, tables, Shown(titles, given.limit, "-o FILE writes all pairs of posts"), about):
        return
    if given.networks and not posts:
        say(context, "No network with posts adds to the score, so there are no posts to show.")
    pairs = sum(map(len, posts.values()))
    end(context, f"{count(pairs, 'pair of posts', 'pairs of posts')} in {count(len(posts), 'network')}")


@click.command("figures")
@click.argument("path", metavar="FEATURES", type=FILE)
@shared
@output("Write the page: .html.", ".html", required=True, metavar="PAGE")
@click.option("--model", "model_path", metavar="MODEL", type=FILE, help="Also show the features that a model uses.")
@click.option("--predictions", metavar="FILE", type=FILE, help="A file of evaluate -o: also show the metrics.")
@asks("--seed", words="Random seed of the map of days.", default=1)
def figures(
    context: Context, path: Path, output: Path, model_path: Path | None, predictions: Path | None, seed: int
) -> None:
    """Draw the days of populations, a model's features and its metrics on one page.

    The page is one file that opens offline. --model needs `pip install "incahoots[shap]"`.

    \b
    Examples:
      incahoots campaigns figures features.parquet -o campaigns.html
      incahoots campaigns figures features.parquet -o campaigns.html --model model.zip --predictions predictions.csv
    """
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import load_model
    from incahoots.analytics.pictures.of_campaigns import campaign_sections, read_predictions
    from incahoots.analytics.pictures.page import save_page

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
