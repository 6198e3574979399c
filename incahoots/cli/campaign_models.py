"""``incahoots campaigns``: models that are kept, what they say, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.cli import complete
from incahoots.cli.campaign_options import DATE, FILE, between, check_apart, merged
from incahoots.cli.options import Context, connected, shared
from incahoots.cli.output import count, end, print_first, print_json, print_table, progress, say, warn
from incahoots.errors import command
from incahoots.progress import part

if TYPE_CHECKING:
    import pandas as pd

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


@click.command("train")
@click.argument("path", metavar="FEATURES", type=FILE)
@click.option("-o", "--output", "model_path", metavar="MODEL", type=FILE, required=True, help="Write it here: .zip.")
@click.option("--aggregate", type=click.Choice(["day", "week"]), default="week", show_default=True, help="Of features.")
@click.option(
    "--classifier",
    metavar="NAME",
    shell_complete=complete.one_of("paper", "size", "change"),
    default="paper",
    show_default=True,
    help="paper, size or change.",
)
@click.option(
    "--share", type=float, default=0.25, show_default=True, help="Of campaigns, among what it will be asked about."
)
@click.option("--since", type=DATE, metavar="DATE", help="First day to train on, UTC.")
@click.option("--until", type=DATE, metavar="DATE", help="The day after the last to train on, UTC.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the forest.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@shared
def train(
    context: Context,
    path: Path,
    model_path: Path,
    aggregate: str,
    classifier: str,
    share: float,
    since: datetime | None,
    until: datetime | None,
    seed: int,
    jobs: int,
) -> None:
    """Train a model on days of known campaigns and baselines, and keep it.

    Its probabilities are calibrated by leaving out each community in turn, and hold where --share of the communities
    are campaigns. The file is no pickle: opening one runs nothing.

    \b
    Examples:
      incahoots campaigns train features.parquet -o model.zip
      incahoots campaigns train features.parquet -o model.zip --classifier change --share 0.1
      incahoots campaigns train features.parquet -o model.zip --until 2019-01-01
    """
    from incahoots.analytics import exports
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import train_model as trained

    exports.check_format(model_path, (".zip",))
    check_apart(model_path, path)
    frame = between(read_features(path), since, until)
    with progress(context) as report:
        model = trained(
            frame, aggregate=aggregate, classifier=classifier, share=share, seed=seed, jobs=jobs, report=report
        )
    model.save(model_path)
    quality = model.calibration
    days = {name: model.training[name].dt.strftime("%Y-%m-%d") for name in ("first", "last")}
    training = model.training.assign(**days)
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
        "Probabilities of communities that did not train, and how many of them were campaigns",
    )
    say(
        context,
        f"ROC AUC {quality.roc_auc:.3f}; Brier score {quality.brier:.3f}, of the share alone "
        f"{quality.brier_of_share:.3f}.",
    )
    if quality.brier >= quality.brier_of_share:
        warn("On communities that did not train its probabilities are no better than the share alone.")
    words = f"A model of {count(len(training), 'community', 'communities')} written to {model_path}"
    end(context, words, "campaigns", "predict", str(model_path), str(path))


@click.command("predict")
@click.argument("model_path", metavar="MODEL", type=FILE)
@click.argument("path", metavar="FEATURES", type=FILE)
@click.option("--since", type=DATE, metavar="DATE", help="First day, UTC.")
@click.option("--until", type=DATE, metavar="DATE", help="The day after the last, UTC.")
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write every day's probability: .csv or .parquet.")
@shared
def predict(
    context: Context,
    model_path: Path,
    path: Path,
    since: datetime | None,
    until: datetime | None,
    output: Path | None,
) -> None:
    """Say of each community and day how much it looks like one of a campaign.

    A probability is no verdict: of ordinary communities that have a day of events some look like campaigns. Days that
    the model was trained on are counted apart: what it says of them is no evidence.

    \b
    Examples:
      incahoots campaigns predict model.zip features.parquet
      incahoots campaigns predict model.zip new.parquet --since 2019-01-01 -o probabilities.csv
    """
    from incahoots.analytics import exports
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import load_model

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    check_apart(output, model_path, path)
    model = load_model(model_path)
    found = between(model.predict(read_features(path)), since, until)
    if output:
        exports.write_table(found, output)
        say(context, f"{len(found):,} days written to {output}")
    table = _by_community(found)
    if context.json:
        print_json({"aggregate": model.aggregate, "communities": table.to_dict(orient="records")})
        return
    print_table(context, table, f"By {model.aggregate}: how much each community looks like a campaign")
    new = found[~found["in_training"]]
    if new.empty:
        warn("The model was trained on all these days: what it says of them is no evidence.")
    highest = (found if new.empty else new).sort_values("probability", ascending=False, kind="stable").iloc[0]
    day = f"{highest['date']:%Y-%m-%d}"
    words = f"{count(len(found), 'day')} of {count(len(table), 'community', 'communities')}"
    end(context, words, "campaigns", "explain", str(model_path), str(path), str(highest["community"]), day)


def _by_community(found: pd.DataFrame) -> pd.DataFrame:
    """What is said of each community, the most probable first."""
    highest = found.loc[found.groupby("community")["probability"].idxmax()].set_index("community")
    grouped = found.groupby("community")
    table = grouped.agg(
        days=("date", "size"), in_training=("in_training", "sum"), probability=("probability", "mean"),
    ).assign(
        above_half=grouped["probability"].agg(lambda probability: int((probability > 0.5).sum())),
        highest=highest["probability"], highest_on=highest["date"].dt.strftime("%Y-%m-%d"),
    )  # fmt: skip
    return table.sort_values("probability", ascending=False, kind="stable").reset_index()


@click.command("explain")
@click.argument("model_path", metavar="MODEL", type=FILE)
@click.argument("path", metavar="FEATURES", type=FILE)
@click.argument("community")
@click.argument("date", metavar="DATE", type=DATE)
@click.option("--networks", type=click.IntRange(0), default=2, show_default=True, help="Networks to show posts of.")
@click.option("--merge", "merges", multiple=True, metavar="OPERATION=NAME", help="As the features were computed.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="Rows of a table; 0 prints all.")
@click.option("-o", "--output", metavar="FILE", type=FILE, help="Write all pairs of posts: .csv or .parquet.")
@connected
def explain(
    context: Context,
    model_path: Path,
    path: Path,
    community: str,
    date: datetime,
    networks: int,
    merges: tuple[str, ...],
    limit: int,
    output: Path | None,
) -> None:
    """Show why a day looks like one of a campaign: the figures that say so, and the edges and posts behind them.

    DATE is a day in UTC; of a model of weeks the last day of the week. Contributions are SHAP values and need
    `pip install "incahoots[shap]"`.

    \b
    Examples:
      incahoots campaigns explain model.zip features.parquet ru_2019 2019-03-02
      incahoots campaigns explain model.zip features.parquet ru_2019 2019-03-02 --networks 6 -o posts.csv
    """
    import pandas as pd

    from incahoots.analytics import exports
    from incahoots.analytics.campaigns import explain as evidence
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import load_model

    if output:
        exports.check_format(output, (".csv", ".parquet"))
    check_apart(output, model_path, path)
    merge = merged(merges)
    model, day = load_model(model_path), pd.Timestamp(date.replace(tzinfo=UTC))
    frame = read_features(path)
    contributions = evidence.explain_day(model, frame, community, day)
    said = model.predict(frame[frame["community"] == community])
    row = said[said["date"] == day].iloc[0]
    posts, counts = {}, {}
    if behind := evidence.networks_behind(contributions, networks):
        with context.connect() as database:
            there = evidence.count_posts(database, community, day, aggregate=model.aggregate, merge=merge)
            if there != row["posts"]:
                warn(
                    f"The features are of {row['posts']:,} posts, but the graph has {there:,} now. "
                    f"Compute them anew: {command('campaigns', 'features', given=[path])}"
                )
            for network in behind:
                found, n_pairs = evidence.count_behind(
                    database, community, day, network, aggregate=model.aggregate, window_s=model.window_s, merge=merge,
                    limit=0 if output else evidence.LIMIT,
                )  # fmt: skip
                if len(found):
                    posts[network], counts[network] = found, n_pairs
    if output:
        every = [table.assign(network=network) for network, table in posts.items()]
        exports.write_table(pd.concat(every, ignore_index=True) if every else pd.DataFrame({"network": []}), output)
        say(context, f"{sum(map(len, posts.values())):,} pairs of posts written to {output}")
    largest = contributions.reindex(contributions["contribution"].abs().sort_values(ascending=False).index)
    tables = {"contributions": (largest, "What each figure adds to the score")}
    for network, table in posts.items():
        edges, traces = evidence.edges_behind(table), evidence.traces_behind(table)
        tables[f"{network}_edges"] = (edges, f"{network}: {len(edges):,} edges")
        words = f"{network}: {len(table):,} pairs of posts; of each trace the first"
        tables[f"{network}_posts"] = (traces, words)
        if len(table) < counts[network]:
            warn(f"Only the first {len(table):,} of {counts[network]:,} pairs of posts of {network} were looked at.")
    if context.json:
        about = {"community": community, "date": day, "aggregate": model.aggregate}
        about |= {name: row[name] for name in ("score", "probability", "in_training")}
        about |= {"left_out": {network: counts[network] - len(table) for network, table in posts.items()}}
        print_json(about | {name: table.to_dict(orient="records") for name, (table, _) in tables.items()})
        return
    say(
        context,
        f"{community}, {model.aggregate} to {day:%Y-%m-%d}: score {row['score']:.2f}, probability "
        f"{row['probability']:.2f}{', a day of the training' if row['in_training'] else ''}.",
    )
    cut = False
    for name, (table, title) in tables.items():
        # Ids of posts and the second text are for -o and --json; the trace of texts is a number made of them.
        aside = [name for name in ("tweet_id", "other_tweet_id", "other_text") if name in table]
        aside += ["trace"] if name == "co_tweet_posts" else []
        cut |= print_first(context, table.drop(columns=aside), title, limit)
    if cut:
        say(context, "--limit 0 prints all rows; -o FILE writes all pairs of posts.")
    if networks and not posts:
        say(context, "No network with posts adds to the score: there are none to show.")
    pairs = sum(map(len, posts.values()))
    end(context, f"{count(pairs, 'pair of posts', 'pairs of posts')} in {count(len(posts), 'network')}")


@click.command("figures")
@click.argument("path", metavar="FEATURES", type=FILE)
@click.option("-o", "--output", metavar="PAGE", type=FILE, required=True, help="Write it here: .html.")
@click.option("--model", "model_path", metavar="MODEL", type=FILE, help="Show what it looks at: incahoots[shap].")
@click.option("--predictions", metavar="FILE", type=FILE, help="Of evaluate -o: show how well days are told apart.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the map of days.")
@shared
def figures(
    context: Context, path: Path, output: Path, model_path: Path | None, predictions: Path | None, seed: int
) -> None:
    """Draw days of communities, what a model looks at, and how well they are told apart, on one page.

    The page is one file that opens without a network.

    \b
    Examples:
      incahoots campaigns figures features.parquet -o campaigns.html
      incahoots campaigns figures features.parquet -o campaigns.html --model model.zip --predictions predictions.csv
    """
    from incahoots.analytics import exports
    from incahoots.analytics.campaigns.features import read_features
    from incahoots.analytics.campaigns.model import load_model
    from incahoots.analytics.pictures.of_campaigns import campaign_sections, read_predictions
    from incahoots.analytics.pictures.page import save_page

    exports.check_format(output, (".html",))
    check_apart(output, path, model_path, predictions)
    frame = read_features(path)
    model = load_model(model_path) if model_path else None
    if model:
        # Before anything is drawn, which takes half a minute.
        model.rows(frame)
    attempts = read_predictions(predictions) if predictions else None
    with progress(context) as report, part(report, "drawing"):
        sections = campaign_sections(frame, model, attempts, seed=seed)
    first, last = (f"{day:%Y-%m-%d}" for day in (frame["date"].min(), frame["date"].max()))
    words = f"{frame['community'].nunique()} communities from {first} to {last}. Scores are evidence, and no verdict."
    save_page("Days of campaigns and of other communities", words, sections, output)
    end(context, f"{count(len(sections), 'section')} drawn in {output}")
