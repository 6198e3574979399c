"""The figures of S2: daily activity of campaigns and baselines, and quality of the classifiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from incahoots.analytics.campaigns.columns import FEATURES, NETWORKS
from incahoots.analytics.campaigns.options import AGGREGATES
from incahoots.analytics.campaigns.panel import CAMPAIGN
from incahoots.analytics.campaigns.protocol import metrics
from incahoots.analytics.pictures.style import (
    MARKERS,
    PALETTE,
    Look,
    date_numbers,
    label_dates,
    legend,
    looks,
    new_figure,
    note,
    one_panel,
    shown,
    styled,
    titled,
)
from incahoots.errors import UsageError

#: Days drawn in time series and in the map of days.
DAYS = 60

#: Features drawn in a summary of contributions.
_FEATURES = 15

_METRICS = {"f1": ("F1", "-"), "precision": ("precision", "--"), "recall": ("recall", ":")}


@styled
def draw_participation(frame: pd.DataFrame, *, populations: Sequence[str] = (), title: str = "") -> Figure:
    """Draw how many accounts of each population have edges on each day, by network.

    Parameters
    ----------
    frame : pd.DataFrame
        As returned by `campaign_features`.
    populations : sequence of str
        Only these populations; all when empty.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        One panel per population, each with its own vertical scale; campaigns come first.

    Raises
    ------
    UsageError
        There are no days to draw.
    """
    days = frame[frame["aggregate"] == "day"].sort_values("date")
    if populations:
        days = days[days["population"].isin(list(populations))]
    if days.empty:
        raise UsageError(
            "There are no days to draw.", "Compute the features first, and check the names of the populations."
        )
    labels = days.groupby("population")["label"].first()
    names = sorted(labels.index, key=lambda name: (labels[name] != CAMPAIGN, name))
    known = looks(("co_tweet", "co_retweet", "co_hashtag", "co_mention", "co_link"))
    styles = {"retweet": Look("#000000", "-", "o"), "co_url": known["co_link"]} | known
    figure = new_figure(10, 1.2 + 1.35 * -(-len(names) // 2))
    grid = figure.subplots(-(-len(names) // 2), 2, sharex=True, squeeze=False)
    for axes, name in zip(grid.flat, names, strict=False):
        own = days[days["population"] == name]
        for network in NETWORKS:
            axes.plot(
                date_numbers(own["date"]), own[f"{network}_nodes"].to_numpy(), color=styles[network].colour,
                linewidth=0.8, label=network, rasterized=len(days) > 2000,
            )  # fmt: skip
        axes.set_title(f"{shown(name)} ({labels[name]})", loc="left", fontsize="small", parse_math=False)
        axes.set_ylim(bottom=0)
        label_dates(axes)
    for axes in grid.flat[len(names) :]:
        axes.set_visible(False)
    figure.supylabel("accounts")
    legend(figure, title)
    return figure


@styled
def draw_contributions(
    contributions: NDArray[np.float64], values: NDArray[np.float32], features: Sequence[str], *, title: str = ""
) -> Figure:
    """Draw the SHAP contributions of the features that contribute most to the scores of many days.

    Each point is a day, coloured by the value of the feature. Contributions and values, as for `shap_values`, have the
    shape (n, n_features).
    """
    size = np.abs(contributions).mean(axis=0)
    kept = np.argsort(-size, kind="stable")[:_FEATURES]
    figure, axes = one_panel(9, 1.6 + 0.32 * len(kept))
    rng = np.random.default_rng(0)
    for row, place in enumerate(kept):
        # By rank: on a linear scale one outlier would give all others the same colour.
        rank = pd.Series(values[:, place]).rank(pct=True).to_numpy()
        axes.scatter(
            contributions[:, place], row + rng.uniform(-0.3, 0.3, len(rank)), c=rank, cmap="cividis", s=6, linewidths=0,
            vmin=0, vmax=1, rasterized=True,
        )  # fmt: skip
    axes.axvline(0, color="#888888", linewidth=0.8)
    axes.set_yticks(range(len(kept)), [features[place] for place in kept], parse_math=False)
    axes.set_ylim(len(kept) - 0.5, -0.5)
    axes.set_xlabel("contribution to the score (positive: more like a campaign)")
    bar = figure.colorbar(ScalarMappable(cmap="cividis"), ax=axes, ticks=[0, 1], pad=0.01)
    bar.ax.set_yticklabels(["low", "high"])
    bar.set_label("feature value (rank)")
    titled(axes, title)
    return figure


@styled
def draw_days(
    frame: pd.DataFrame, *, aggregate: str = "week", days: int = DAYS, seed: int = 1, title: str = ""
) -> Figure:
    """Draw a t-SNE map of days by their features.

    Parameters
    ----------
    frame : pd.DataFrame
        As returned by `campaign_features`.
    aggregate : {"day", "week"}
    days : int
        Only the last this many days.
    seed : int
        Random seed.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        One colour per population; filled markers are campaigns, hollow markers baselines.

    Raises
    ------
    UsageError
        The aggregate is unknown, or there are fewer than four days.
    """
    if aggregate not in AGGREGATES:
        raise UsageError(f"There is no aggregate {aggregate!r}.", f"Choose from: {', '.join(AGGREGATES)}.")
    rows = frame[frame["aggregate"] == aggregate]
    rows = rows[rows["date"] > rows["date"].max() - pd.Timedelta(days=days)].reset_index(drop=True)
    if len(rows) < 4:
        raise UsageError(f"A map needs at least 4 days (got {len(rows)}).", "Choose a longer time range.")
    scaled = StandardScaler().fit_transform(rows[list(FEATURES)].to_numpy(np.float64))
    perplexity = min(30, (len(rows) - 1) / 3)
    # With several threads each step waits for the slowest, which takes minutes on a busy machine.
    with threadpool_limits(1):
        place = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(scaled)
    figure, axes = one_panel(9, 6.5)
    for number, (name, own) in enumerate(rows.groupby("population")):
        campaign = own["label"].iloc[0] == CAMPAIGN
        colour = PALETTE[number % len(PALETTE)]
        axes.scatter(
            place[own.index, 0], place[own.index, 1], s=16, marker=MARKERS[number % len(MARKERS)],
            label=shown(str(name)), facecolors=colour if campaign else "none", edgecolors=colour,
            linewidths=0 if campaign else 0.8, alpha=0.8,
        )  # fmt: skip
    axes.set_axis_off()
    legend(figure, title)
    note(figure, f"The last {days} days, by {aggregate}. Filled markers are campaigns, hollow markers baselines. "
         "Distances between separate groups of points mean little.")  # fmt: skip
    return figure


@styled
def draw_curves(attempts: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the ROC and precision–recall curves of predictions.

    ``attempts`` has the columns classifier, label, score, times, as ``incahoots campaigns evaluate -o`` writes them.
    `UsageError` if all tested days are of one class.
    """
    if attempts["label"].nunique() < 2:
        raise UsageError(
            "A curve needs campaigns and baselines, but all tested days are of one class.", "Evaluate more days."
        )
    figure = new_figure(10, 4.8)
    left, right = figure.subplots(1, 2)
    for number, (name, own) in enumerate(attempts.groupby("classifier", sort=False)):
        truth, score, times = (own[column].to_numpy() for column in ("label", "score", "times"))
        style = {"color": PALETTE[number % len(PALETTE)], "linestyle": ("-", "--", ":", "-.")[number % 4]}
        false, true, _ = roc_curve(truth, score, sample_weight=times)
        precision, recall, _ = precision_recall_curve(truth, score, sample_weight=times)
        left.plot(false, true, label=f"{shown(str(name))} (AUC {auc(false, true):.3f})", **style)
        mean = average_precision_score(truth, score, sample_weight=times)
        right.plot(recall, precision, label=f"{shown(str(name))} (average precision {mean:.3f})", **style)
    left.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    chance = np.average(attempts["label"], weights=attempts["times"])
    right.axhline(chance, color="#bbbbbb", linewidth=0.8)
    for axes, words in ((left, ("false positive rate", "true positive rate")), (right, ("recall", "precision"))):
        axes.set(xlabel=words[0], ylabel=words[1], xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend(loc="lower right" if axes is left else "lower left", frameon=False)
    titled(left, title)
    return figure


@styled
def draw_metrics(attempts: pd.DataFrame, *, days: int = DAYS, title: str = "") -> Figure:
    """Draw the mean F1, precision and recall of each of the first days that were tested.

    ``attempts``, of one classifier, is as for `draw_curves`, with the columns seed (the unit of task 2) and number
    (that of task 1, a set of populations).
    """
    unit = "number" if (attempts["task"] == 1).all() else "seed"
    each = metrics(attempts, [unit, "date"]).groupby("date")[list(_METRICS)].mean().head(days)
    figure, axes = one_panel(10, 3.6)
    for (name, (words, dash)), colour in zip(_METRICS.items(), PALETTE, strict=False):
        axes.plot(
            date_numbers(each.index.to_series()), each[name].to_numpy(), color=colour, linestyle=dash, marker=".",
            label=words,
        )  # fmt: skip
    axes.set_ylim(-0.02, 1.02)
    axes.grid(axis="y", color="#eeeeee")
    label_dates(axes)
    legend(figure, title)
    return figure


@styled
def draw_daily_errors(attempts: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw a histogram of false positives per day of one classifier, as for `draw_curves`."""
    counts = daily_errors(attempts)["errors"].to_numpy()
    figure, axes = one_panel(8, 3.6)
    axes.hist(counts, bins=min(30, int(counts.max(initial=0)) + 1), color=PALETTE[0])
    axes.set(xlabel="false positives (baselines classified as campaigns) per day", ylabel="days")
    titled(axes, title)
    return figure


def daily_errors(attempts: pd.DataFrame) -> pd.DataFrame:
    """Count the false positives of each day: baselines classified as campaigns.

    One row per day, most errors first: date, errors, tested (predictions for baselines), population (the baseline with
    the most errors; missing without errors).
    """
    tested = attempts[attempts["label"] == 0]
    wrong = tested.assign(errors=tested["times"].where(tested["score"] > 0.5, 0))
    by_day = wrong.groupby("date").agg(errors=("errors", "sum"), tested=("times", "sum"))
    of = wrong[wrong["errors"] > 0].groupby(["date", "population"])["errors"].sum().reset_index()
    of = of.sort_values(["errors", "population"], ascending=[False, True]).drop_duplicates("date").set_index("date")
    table = by_day.assign(population=of["population"].reindex(by_day.index).astype(object))
    return table.reset_index().sort_values(["errors", "date"], ascending=[False, True], ignore_index=True)
