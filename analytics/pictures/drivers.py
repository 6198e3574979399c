"""Drivers of operations in several languages: what S4 draws of them, and one page of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from incahoots.analytics.drivers.sentiment import LABELS
from incahoots.analytics.drivers.tables import GROUPS
from incahoots.analytics.pictures.page import Section
from incahoots.analytics.pictures.style import IN_PART, legend, new_figure, note, plot_months, shown, styled
from incahoots.errors import UsageError

if TYPE_CHECKING:
    from incahoots.analytics.drivers.tables import Drivers

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#666666")
_SIGNS = ("o", "s", "^", "D", "v", "P", "X", "p")

#: Of each of `LABELS`: its colour and line.
_FELT = {"negative": ("#d55e00", "--"), "neutral": ("#666666", ":"), "positive": ("#0072b2", "-")}

#: Topics of a language that are drawn.
_TOPICS = 8


@styled
def draw_quality(properties: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw how well clusters and topics agree, as S4's Figure 5: the top left corner is best.

    Parameters
    ----------
    properties : pd.DataFrame
        Columns language, network, entropy, divergence, as of `Drivers`; a point a network.
    title : str

    Raises
    ------
    UsageError
        No network has two clusters.
    """
    known = properties.dropna(subset=["entropy", "divergence"])
    if known.empty:
        raise UsageError("No network has two clusters with topics.", "Lower the cosines, or load more posts.")
    figure, panels = _by_language(known, 4.6)
    # All networks, so that the legend has those too that one language lacks.
    looks = dict(zip(known["network"].unique(), zip(_COLOURS, _SIGNS, strict=True), strict=False))
    handles = {}
    for axes, own in panels:
        for row in own.to_dict(orient="records"):
            colour, sign = looks.get(row["network"], ("#000000", "."))
            handles[row["network"]] = axes.scatter(
                row["entropy"], row["divergence"], color=colour, marker=sign, s=50, label=shown(row["network"])
            )
        axes.set_xlabel("entropy of topics in clusters")
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
    panels[0][0].set_ylabel("divergence between clusters")
    legend(figure, list(handles.values()), title)
    return figure


@styled
def draw_sentiment(sentiment: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the shares of positive, neutral and negative posts of each month.

    Parameters
    ----------
    sentiment : pd.DataFrame
        Columns language, month and `LABELS`, and optionally partial, as of `Drivers`.
    title : str

    Raises
    ------
    UsageError
        There are no months.
    """
    _one_group(sentiment)
    if sentiment.empty:
        raise UsageError("There is no post whose sentiment is known.", "Give a model of sentiment for these languages.")
    figure, panels = _by_language(sentiment, 2.5, below=True)
    for axes, own in panels:
        months = pd.to_datetime(own["month"]).to_numpy()
        for name in LABELS:
            colour, dash = _FELT[name]
            plot_months(
                axes,
                months,
                own[name],
                _partial(own),
                linestyle=dash,
                color=colour,
                marker="o",
                markersize=3,
                label=name,
            )
        axes.set_ylim(0, 1)
        _months(axes, sentiment["month"])
    figure.supylabel("share of posts")
    if _partial(sentiment).any():
        note(figure, IN_PART)
    legend(figure, panels[0][0].get_legend_handles_labels()[0], title)
    return figure


@styled
def draw_topics(topics: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the posts of each month by topic, those of the most posts in each language.

    Parameters
    ----------
    topics : pd.DataFrame
        Columns language, month, topic, name, posts and share, and optionally partial, as of `Drivers`.
    title : str

    Raises
    ------
    UsageError
        There are no topics.
    """
    _one_group(topics)
    if topics.empty:
        raise UsageError("There are no topics.", "Load more posts, or posts with texts.")
    figure, panels = _by_language(topics, 2.9, below=True, alike=False)
    for axes, own in panels:
        most = own.groupby("topic")["posts"].sum().nlargest(_TOPICS).index
        months = pd.DatetimeIndex(sorted(pd.to_datetime(own["month"]).unique()))
        partial = _partial(own).groupby(pd.to_datetime(own["month"])).any()
        for place, topic in enumerate(most):
            rows = own[own["topic"] == topic]
            share = rows.set_index(pd.to_datetime(rows["month"]))["share"].reindex(months).fillna(0.0)
            plot_months(
                axes, months, share, partial.reindex(months), color=_COLOURS[place], marker=_SIGNS[place], markersize=3,
                hollow=_SIGNS[place], label=shown(str(rows["name"].iloc[0]), 40),
            )  # fmt: skip
        axes.set_ylim(bottom=0)
        _months(axes, topics["month"])
        for text in axes.legend(fontsize="x-small", loc="center left", bbox_to_anchor=(1, 0.5)).get_texts():
            text.set_parse_math(False)
    figure.supylabel("share of posts")
    if _partial(topics).any():
        note(figure, IN_PART)
    if title:
        figure.suptitle(title, parse_math=False)
    return figure


@styled
def draw_thresholds(thresholds: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw how stable clusters are at each threshold, with the standard error, and the one that is chosen.

    Parameters
    ----------
    thresholds : pd.DataFrame
        Columns language, trace, cosine, edges, stability, stability_se and chosen, as of `driver_thresholds`.
    title : str

    Raises
    ------
    UsageError
        No network has edges.
    """
    known = thresholds.dropna(subset=["stability"])
    if known.empty:
        raise UsageError("No network has edges at any threshold.", "Load more posts, or try lower cosines.")
    figure, panels = _by_language(known, 4.2)
    looks = dict(zip(known["trace"].unique(), zip(_COLOURS, _SIGNS, strict=True), strict=False))
    handles: dict[Any, Any] = {}
    for axes, own in panels:
        for trace, rows in own.groupby("trace", sort=False):
            colour, sign = looks[trace]
            handles[trace] = axes.errorbar(
                rows["cosine"], rows["stability"], rows["stability_se"], color=colour, marker=sign, markersize=4,
                capsize=2, label=shown(str(trace)),
            )  # fmt: skip
            best = rows[rows["chosen"]]
            axes.scatter(best["cosine"], best["stability"], s=160, facecolors="none", edgecolors=colour)
        axes.set_xlabel("least cosine of an edge; ringed: chosen")
        axes.set_ylim(top=1.03)
    panels[0][0].set_ylabel("adjusted Rand index, without a tenth of the edges")
    legend(figure, list(handles.values()), title)
    return figure


def driver_sections(found: Drivers) -> list[Section]:
    """Put pictures and tables in the order of S4; what there is nothing of is left out.

    Parameters
    ----------
    found : Drivers
    """
    central, both = (
        {
            name: _of(getattr(found, name), group)
            for name in ("hashtags", "domains", "engagement", "topics", "sentiment")
        }
        for group in GROUPS
    )
    pictures = (
        ("Clusters and topics", "Low entropy: alike inside. High divergence: different from each other.",
         draw_quality, found.properties),
        ("Sentiment of drivers", "By month.", draw_sentiment, central["sentiment"]),
        ("Topics of drivers", "By month, those of the most posts.", draw_topics, central["topics"]),
        ("Topics of bilingual accounts", "By month, those of the most posts.", draw_topics, both["topics"]),
        ("Sentiment of bilingual accounts", "By month.", draw_sentiment, both["sentiment"]),
    )  # fmt: skip
    drawn: dict[str, list[Section]] = {}
    for heading, words, draw, table in pictures:
        try:
            drawn[heading] = [Section(heading, words, draw(table))]
        except UsageError:
            # The tables say what is missing.
            drawn[heading] = []
    mixed = found.bridges[found.bridges["participation"] > 0].nlargest(20, "participation")
    tables = [
        Section("Posts by language", "Where no platform says the language, a detector does.", found.languages),
        Section("Networks", "Of single traces, and the fused one with what is left of it by each strategy.",
                found.properties),
        Section("Networks without edges", "And why.", found.left_out),
        *drawn["Clusters and topics"],
        Section("Drivers", "The most central accounts, for a person to look at: central is not guilty.", found.drivers),
        Section("Hashtags of drivers", "In the most posts.", central["hashtags"]),
        Section("Domains of drivers", "In the most posts.", central["domains"]),
        Section("How posts of drivers are received", "Means over posts.", central["engagement"]),
        *drawn["Topics of drivers"], *drawn["Sentiment of drivers"],
        Section("Hashtags of bilingual accounts", "In the most posts in each language.", both["hashtags"]),
        Section("Domains of bilingual accounts", "In the most posts in each language.", both["domains"]),
        *drawn["Topics of bilingual accounts"], *drawn["Sentiment of bilingual accounts"],
        Section("Bilingual accounts, each with itself", "How its posts are received in two languages.",
                found.bilingual_engagement),
        Section("Bilingual accounts among drivers", "Fisher's exact test.", found.overlap),
        Section("Groups compared", "By the means of each account.", found.compared),
        Section("Between languages", "The most mixed neighbours first, beside networks drawn anew.", mixed),
    ]  # fmt: skip
    return [section for section in tables if not isinstance(section.content, pd.DataFrame) or len(section.content)]


def _by_language(
    table: pd.DataFrame, height: float, *, below: bool = False, alike: bool = True
) -> tuple[Figure, list[tuple[Axes, pd.DataFrame]]]:
    """Make a panel of this height for each language, beside or below each other, and give the language's rows with it.

    With ``alike`` all have the same vertical axis.
    """
    groups = list(table.groupby("language", sort=False))
    figure = new_figure(9, height * len(groups) if below else height)
    shape = (len(groups), 1) if below else (1, len(groups))
    grid = figure.subplots(*shape, sharex=True, sharey=alike, squeeze=False)
    for axes, (language, _) in zip(grid.flat, groups, strict=True):
        axes.set_title(shown(str(language)), loc="left", fontsize="small", parse_math=False)
    return figure, [(axes, own) for axes, (_, own) in zip(grid.flat, groups, strict=True)]


def _of(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """Take the rows of a group; a table without rows may have no groups."""
    return table[table["group"] == group].drop(columns="group") if len(table) else table


def _one_group(table: pd.DataFrame) -> None:
    """See that a picture is of the posts of one group."""
    if "group" in table and table["group"].nunique() > 1:
        raise UsageError(
            "Posts of several groups cannot be in one picture.", 'Take table[table["group"] == "drivers"].'
        )


def _partial(table: pd.DataFrame) -> pd.Series[bool]:
    """Which rows are of months that posts cover only in part; none where the table does not say it."""
    return table["partial"].astype(bool) if "partial" in table else pd.Series(False, index=table.index)


def _months(axes: Axes, months: pd.Series[Any]) -> None:
    """Mark months, and nothing between them; of many every few."""
    every = pd.DatetimeIndex(sorted(pd.to_datetime(months).unique()))
    shown_months = every[:: 1 + len(every) // 12]
    axes.set_xticks(shown_months.to_numpy(), shown_months.strftime("%Y-%m"), rotation=30)
