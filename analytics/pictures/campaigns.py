"""Days of campaigns and of other communities: what S2 draws of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from incahoots.analytics.campaigns.columns import FEATURES, NETWORKS
from incahoots.analytics.campaigns.panel import AGGREGATES, CAMPAIGN
from incahoots.analytics.campaigns.protocol import metrics
from incahoots.analytics.pictures.style import Look, legend, looks, new_figure, note, shown, styled
from incahoots.errors import UsageError

#: Days that are drawn of what changes from day to day, and in the map of days.
DAYS = 60

#: Features of a summary of contributions.
_FEATURES = 15

_COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#882255",
    "#7f6a00",
    "#666666",
    "#000000",
)
_SIGNS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")

_METRICS = {"f1": ("F1", "-"), "precision": ("precision", "--"), "recall": ("recall", ":")}


@styled
def draw_participation(frame: pd.DataFrame, *, communities: Sequence[str] = (), title: str = "") -> Figure:
    """Draw how many accounts of each community act together on each day, by network.

    Parameters
    ----------
    frame : pd.DataFrame
        Of `campaign_features`; its days are drawn.
    communities : sequence of str
        Only these; all when empty.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Each community has a scale of its own; campaigns stand first.

    Raises
    ------
    UsageError
        There are no days to draw.
    """
    days = frame[frame["aggregate"] == "day"].sort_values("date")
    if communities:
        days = days[days["community"].isin(list(communities))]
    if days.empty:
        raise UsageError(
            "There are no days to draw.", "Compute features first, and see that the communities are there."
        )
    labels = days.groupby("community")["label"].first()
    names = sorted(labels.index, key=lambda name: (labels[name] != CAMPAIGN, name))
    known = looks(("co_tweet", "co_retweet", "co_hashtag", "co_mention", "co_link"))
    styles = {"retweet": Look("#000000", "-", "o"), "co_url": known["co_link"]} | known
    figure = new_figure(10, 1.2 + 1.35 * -(-len(names) // 2))
    grid = figure.subplots(-(-len(names) // 2), 2, sharex=True, squeeze=False)
    for axes, name in zip(grid.flat, names, strict=False):
        own = days[days["community"] == name]
        for network in NETWORKS:
            axes.plot(
                _numbers(own["date"]), own[f"{network}_nodes"].to_numpy(), color=styles[network].colour, linewidth=0.8,
                label=network, rasterized=len(days) > 2000,
            )  # fmt: skip
        axes.set_title(f"{shown(name)} ({labels[name]})", loc="left", fontsize="small", parse_math=False)
        axes.set_ylim(bottom=0)
        _dated(axes)
    for axes in grid.flat[len(names) :]:
        axes.set_visible(False)
    figure.supylabel("accounts")
    legend(figure, grid[0][0].get_legend_handles_labels()[0], title)
    return figure


@styled
def draw_contributions(
    contributions: NDArray[np.float64], values: NDArray[np.float32], features: Sequence[str], *, title: str = ""
) -> Figure:
    """Draw what features add to the scores of many days: a point a day, in the colour of the feature's value.

    Parameters
    ----------
    contributions, values : array, shape (n, n_features)
        As `shap_values` gives the first of the second.
    features : sequence of str
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        The features with the largest mean contribution, whatever its sign, at the top.
    """
    size = np.abs(contributions).mean(axis=0)
    kept = np.argsort(-size, kind="stable")[:_FEATURES]
    figure = new_figure(9, 1.6 + 0.32 * len(kept))
    axes = figure.add_subplot()
    rng = np.random.default_rng(0)
    for row, place in enumerate(kept):
        # By rank, as one large value would make all others look alike.
        rank = pd.Series(values[:, place]).rank(pct=True).to_numpy()
        axes.scatter(
            contributions[:, place], row + rng.uniform(-0.3, 0.3, len(rank)), c=rank, cmap="cividis", s=6, linewidths=0,
            vmin=0, vmax=1, rasterized=True,
        )  # fmt: skip
    axes.axvline(0, color="#888888", linewidth=0.8)
    axes.set_yticks(range(len(kept)), [features[place] for place in kept], parse_math=False)
    axes.set_ylim(len(kept) - 0.5, -0.5)
    axes.set_xlabel("contribution to the score; to the right: more like a campaign")
    bar = figure.colorbar(ScalarMappable(cmap="cividis"), ax=axes, ticks=[0, 1], pad=0.01)
    bar.ax.set_yticklabels(["low", "high"])
    bar.set_label("value of the feature, by rank")
    _titled(axes, title)
    return figure


@styled
def draw_days(
    frame: pd.DataFrame, *, aggregate: str = "week", days: int = DAYS, seed: int = 1, title: str = ""
) -> Figure:
    """Draw days as points that are near each other where their figures are alike, by t-SNE.

    Parameters
    ----------
    frame : pd.DataFrame
        Of `campaign_features`.
    aggregate : {"day", "week"}
    days : int
        Only the last so many.
    seed : int
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        A colour a community; filled signs are campaigns, hollow ones baselines.

    Raises
    ------
    UsageError
        There is no such aggregate, or there are fewer than four days.
    """
    if aggregate not in AGGREGATES:
        raise UsageError(f"There is no aggregate {aggregate!r}.", f"Choose from: {', '.join(AGGREGATES)}.")
    rows = frame[frame["aggregate"] == aggregate]
    rows = rows[rows["date"] > rows["date"].max() - pd.Timedelta(days=days)].reset_index(drop=True)
    if len(rows) < 4:
        raise UsageError("There are too few days for a map of them.", "Take a longer range.")
    scaled = StandardScaler().fit_transform(rows[list(FEATURES)].to_numpy(np.float64))
    perplexity = min(30, (len(rows) - 1) / 3)
    # A few hundred points: with several threads each step waits for the slowest, which on a busy machine takes minutes.
    with threadpool_limits(1):
        place = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(scaled)
    figure = new_figure(9, 6.5)
    axes = figure.add_subplot()
    for number, (name, own) in enumerate(rows.groupby("community")):
        campaign = own["label"].iloc[0] == CAMPAIGN
        colour = _COLOURS[number % len(_COLOURS)]
        axes.scatter(
            place[own.index, 0], place[own.index, 1], s=16, marker=_SIGNS[number % len(_SIGNS)], label=shown(str(name)),
            facecolors=colour if campaign else "none", edgecolors=colour, linewidths=0 if campaign else 0.8, alpha=0.8,
        )  # fmt: skip
    axes.set_axis_off()
    legend(figure, axes.get_legend_handles_labels()[0], title)
    note(figure, f"The last {days} days, by {aggregate}. Filled: campaigns; hollow: baselines. Distances between "
         "groups say little.")  # fmt: skip
    return figure


@styled
def draw_curves(attempts: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw ROC and precision over recall of predictions.

    Parameters
    ----------
    attempts : pd.DataFrame
        Columns classifier, label, score, times, as ``incahoots campaigns evaluate -o`` writes them.
    title : str

    Raises
    ------
    UsageError
        The predictions are all of one class.
    """
    if attempts["label"].nunique() < 2:
        raise UsageError("All predictions are of one class: there is no curve.", "Evaluate more days.")
    figure = new_figure(10, 4.8)
    left, right = figure.subplots(1, 2)
    for number, (name, own) in enumerate(attempts.groupby("classifier", sort=False)):
        truth, score, times = (own[column].to_numpy() for column in ("label", "score", "times"))
        style = {"color": _COLOURS[number % len(_COLOURS)], "linestyle": ("-", "--", ":", "-.")[number % 4]}
        false, true, _ = roc_curve(truth, score, sample_weight=times)
        precision, recall, _ = precision_recall_curve(truth, score, sample_weight=times)
        left.plot(false, true, label=f"{shown(str(name))}, area {auc(false, true):.3f}", **style)
        mean = average_precision_score(truth, score, sample_weight=times)
        right.plot(recall, precision, label=f"{shown(str(name))}, average {mean:.3f}", **style)
    left.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    chance = np.average(attempts["label"], weights=attempts["times"])
    right.axhline(chance, color="#bbbbbb", linewidth=0.8)
    for axes, words in ((left, ("false positive rate", "true positive rate")), (right, ("recall", "precision"))):
        axes.set(xlabel=words[0], ylabel=words[1], xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend(loc="lower right" if axes is left else "lower left", frameon=False)
    _titled(left, title)
    return figure


@styled
def draw_metrics(attempts: pd.DataFrame, *, days: int = DAYS, title: str = "") -> Figure:
    """Draw F1, precision and recall by day.

    Parameters
    ----------
    attempts : pd.DataFrame
        As for `draw_curves`, of one classifier; columns seed and number too.
    days : int
        The first so many that were tested.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        In task 1 means over sets, in task 2 over seeds.
    """
    unit = "number" if (attempts["task"] == 1).all() else "seed"
    each = metrics(attempts, [unit, "date"]).groupby("date")[list(_METRICS)].mean().head(days)
    figure = new_figure(10, 3.6)
    axes = figure.add_subplot()
    for (name, (words, dash)), colour in zip(_METRICS.items(), _COLOURS, strict=False):
        axes.plot(
            _numbers(each.index.to_series()), each[name].to_numpy(), color=colour, linestyle=dash, marker=".",
            label=words,
        )  # fmt: skip
    axes.set_ylim(-0.02, 1.02)
    axes.grid(axis="y", color="#eeeeee")
    _dated(axes)
    legend(figure, axes.get_legend_handles_labels()[0], title)
    return figure


@styled
def draw_daily_errors(attempts: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw on how many days how often a baseline was taken for a campaign.

    Parameters
    ----------
    attempts : pd.DataFrame
        As for `draw_curves`, of one classifier.
    title : str
    """
    counts = daily_errors(attempts)["errors"].to_numpy()
    figure = new_figure(8, 3.6)
    axes = figure.add_subplot()
    axes.hist(counts, bins=min(30, int(counts.max(initial=0)) + 1), color=_COLOURS[0])
    axes.set(xlabel="baselines taken for campaigns on a day", ylabel="days")
    _titled(axes, title)
    return figure


def daily_errors(attempts: pd.DataFrame) -> pd.DataFrame:
    """Count how often baselines were taken for campaigns on each day.

    Returns
    -------
    pd.DataFrame
        A row a day, the most errors first: date, errors, tested (how often a baseline was tested), community (which one
        is mistaken most often; missing where none is).
    """
    tested = attempts[attempts["label"] == 0]
    wrong = tested.assign(errors=tested["times"].where(tested["score"] > 0.5, 0))
    by_day = wrong.groupby("date").agg(errors=("errors", "sum"), tested=("times", "sum"))
    of = wrong[wrong["errors"] > 0].groupby(["date", "community"])["errors"].sum().reset_index()
    of = of.sort_values(["errors", "community"], ascending=[False, True]).drop_duplicates("date").set_index("date")
    table = by_day.assign(community=of["community"].reindex(by_day.index).astype(object))
    return table.reset_index().sort_values(["errors", "date"], ascending=[False, True], ignore_index=True)


def _numbers(times: pd.Series) -> NDArray[np.float64]:
    """Times as matplotlib counts them."""
    found: NDArray[np.float64] = dates.date2num(times.dt.tz_localize(None).to_numpy())  # type: ignore[no-untyped-call]
    return found


def _dated(axes: Axes) -> None:
    """Write dates below."""
    locator = dates.AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _titled(axes: Axes, title: str) -> None:
    """Say above what it is, if anything."""
    if title:
        axes.set_title(shown(title, 100), loc="left", parse_math=False)
