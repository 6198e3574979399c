"""The figures of S4: drivers of operations in several languages; and the sections of the page with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from incahoots.analytics.drivers.sentiment import LABELS
from incahoots.analytics.drivers.tables import GROUPS
from incahoots.analytics.pictures.page import Section
from incahoots.analytics.pictures.style import (
    IN_PART,
    MARKERS,
    PALETTE,
    legend,
    new_figure,
    note,
    plot_months,
    shown,
    styled,
)
from incahoots.errors import UsageError

if TYPE_CHECKING:
    from incahoots.analytics.drivers.tables import Drivers

#: Colour and line style of each of `LABELS`.
_FELT = {"negative": ("#d55e00", "--"), "neutral": ("#666666", ":"), "positive": ("#0072b2", "-")}

#: Topics drawn for each language.
_TOPICS = 8


@styled
def draw_quality(properties: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw how well clusters and topics agree, like Figure 5 of S4; the top left corner is best.

    Parameters
    ----------
    properties : pd.DataFrame
        Columns language, network, entropy, divergence, as in `Drivers`; one point per network.
    title : str

    Raises
    ------
    UsageError
        No network has two clusters with topics.
    """
    known = properties.dropna(subset=["entropy", "divergence"])
    if known.empty:
        raise UsageError("No network has two clusters with topics.", "Lower the cosine thresholds, or load more posts.")
    figure, panels = _by_language(known, 4.6)
    # Include networks that one of the languages lacks.
    looks = dict(zip(known["network"].unique(), zip(PALETTE, MARKERS, strict=True), strict=False))
    handles = {}
    for axes, own in panels:
        for row in own.to_dict(orient="records"):
            colour, sign = looks.get(row["network"], ("#000000", "."))
            handles[row["network"]] = axes.scatter(
                row["entropy"], row["divergence"], color=colour, marker=sign, s=50, label=shown(row["network"])
            )
        axes.set_xlabel("topic entropy within clusters")
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
    panels[0][0].set_ylabel("topic divergence between clusters")
    legend(figure, title, list(handles.values()))
    return figure


@styled
def draw_sentiment(sentiment: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the shares of positive, neutral and negative posts of each month.

    Parameters
    ----------
    sentiment : pd.DataFrame
        Columns language, month, `LABELS`, and optionally partial, as in `Drivers`.
    title : str

    Raises
    ------
    UsageError
        There are no months.
    """
    _one_group(sentiment)
    if sentiment.empty:
        raise UsageError("No post has a known sentiment.", "Give a sentiment model for these languages.")
    figure, panels = _by_language(sentiment, 2.5, below=True)
    for axes, own in panels:
        months = pd.to_datetime(own["month"]).to_numpy()
        for name in LABELS:
            colour, dash = _FELT[name]
            how: dict[str, Any] = {"linestyle": dash, "color": colour, "marker": "o", "markersize": 3, "label": name}
            plot_months(axes, months, own[name], _partial(own), **how)
        axes.set_ylim(0, 1)
        _months(axes, sentiment["month"])
    figure.supylabel("share of posts")
    if _partial(sentiment).any():
        note(figure, IN_PART)
    legend(figure, title)
    return figure


@styled
def draw_topics(topics: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the monthly shares of the largest topics of each language.

    Parameters
    ----------
    topics : pd.DataFrame
        Columns language, month, topic, name, posts, share, and optionally partial, as in `Drivers`.
    title : str

    Raises
    ------
    UsageError
        There are no topics.
    """
    _one_group(topics)
    if topics.empty:
        raise UsageError("There are no topics to draw.", "Load more posts with texts.")
    figure, panels = _by_language(topics, 2.9, below=True, alike=False)
    for axes, own in panels:
        most = own.groupby("topic")["posts"].sum().nlargest(_TOPICS).index
        months = pd.DatetimeIndex(sorted(pd.to_datetime(own["month"]).unique()))
        partial = _partial(own).groupby(pd.to_datetime(own["month"])).any()
        for place, topic in enumerate(most):
            rows = own[own["topic"] == topic]
            share = rows.set_index(pd.to_datetime(rows["month"]))["share"].reindex(months).fillna(0.0)
            plot_months(
                axes, months, share, partial.reindex(months), color=PALETTE[place], marker=MARKERS[place], markersize=3,
                hollow=MARKERS[place], label=shown(str(rows["name"].iloc[0]), 40),
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
    """Draw the stability of clusters at each threshold, with its standard error; the chosen threshold is circled.

    Parameters
    ----------
    thresholds : pd.DataFrame
        Columns language, trace, cosine, edges, stability, stability_se and chosen, as in `driver_thresholds`.
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
    looks = dict(zip(known["trace"].unique(), zip(PALETTE, MARKERS, strict=True), strict=False))
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
        axes.set_xlabel("cosine threshold (circled: chosen)")
        axes.set_ylim(top=1.03)
    panels[0][0].set_ylabel("stability: adjusted Rand index after removing 10 % of the edges")
    legend(figure, title, list(handles.values()))
    return figure


def driver_sections(found: Drivers) -> list[Section]:
    """Put pictures and tables in the order of S4; empty ones are left out."""
    names = ("hashtags", "domains", "engagement", "topics", "sentiment")
    central, both = ({name: _of(getattr(found, name), group) for name in names} for group in GROUPS)
    pictures = (
        ("Clusters and topics", "Low entropy: few topics within a cluster. High divergence: clusters differ in topics.",
         draw_quality, found.properties),
        ("Sentiment of drivers", "By month.", draw_sentiment, central["sentiment"]),
        ("Topics of drivers", "The largest topics, by month.", draw_topics, central["topics"]),
        ("Topics of bilingual accounts", "The largest topics, by month.", draw_topics, both["topics"]),
        ("Sentiment of bilingual accounts", "By month.", draw_sentiment, both["sentiment"]),
    )  # fmt: skip
    drawn: dict[str, list[Section]] = {}
    for heading, words, draw, table in pictures:
        try:
            drawn[heading] = [Section(heading, words, draw(table))]
        except UsageError:
            # There is nothing to draw; the tables say what is missing.
            drawn[heading] = []
    mixed = found.bridges[found.bridges["participation"] > 0].nlargest(20, "participation")
    tables = [
        Section("Posts by language", "As stated by the platform, or else by language detection.", found.languages),
        Section("Networks", "By trace, fused, and reduced by each strategy.", found.properties),
        Section("Networks without edges", "And the reasons.", found.left_out),
        *drawn["Clusters and topics"],
        Section("Drivers", "The most central accounts, for review: centrality proves nothing.", found.drivers),
        Section("Hashtags of drivers", "By number of posts.", central["hashtags"]),
        Section("Domains of drivers", "By number of posts.", central["domains"]),
        Section("Engagement with posts of drivers", "Means over posts.", central["engagement"]),
        *drawn["Topics of drivers"], *drawn["Sentiment of drivers"],
        Section("Hashtags of bilingual accounts", "By number of posts in each language.", both["hashtags"]),
        Section("Domains of bilingual accounts", "By number of posts in each language.", both["domains"]),
        *drawn["Topics of bilingual accounts"], *drawn["Sentiment of bilingual accounts"],
        Section("Engagement of bilingual accounts by language", "Paired by account.", found.bilingual_engagement),
        Section("Bilingual accounts among drivers", "Fisher's exact test.", found.overlap),
        Section("Comparison of groups", "By account means.", found.compared),
        Section("Bridges between languages", "By participation, beside randomised networks.", mixed),
    ]  # fmt: skip
    return [section for section in tables if not isinstance(section.content, pd.DataFrame) or len(section.content)]


def _by_language(
    table: pd.DataFrame, height: float, *, below: bool = False, alike: bool = True
) -> tuple[Figure, list[tuple[Axes, pd.DataFrame]]]:
    """Make one panel of this height per language, side by side or stacked, and return it with the language's rows.

    With ``alike`` all panels share the vertical axis.
    """
    groups = list(table.groupby("language", sort=False))
    figure = new_figure(9, height * len(groups) if below else height)
    shape = (len(groups), 1) if below else (1, len(groups))
    grid = figure.subplots(*shape, sharex=True, sharey=alike, squeeze=False)
    for axes, (language, _) in zip(grid.flat, groups, strict=True):
        axes.set_title(shown(str(language)), loc="left", fontsize="small", parse_math=False)
    return figure, [(axes, own) for axes, (_, own) in zip(grid.flat, groups, strict=True)]


def _of(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """Select the rows of a group; an empty table may lack the column."""
    return table[table["group"] == group].drop(columns="group") if len(table) else table


def _one_group(table: pd.DataFrame) -> None:
    """Check that the table has rows of one group only."""
    if "group" in table and table["group"].nunique() > 1:
        raise UsageError(
            "The table has several groups, but a picture shows one.", 'Select one: table[table["group"] == "drivers"].'
        )


def _partial(table: pd.DataFrame) -> pd.Series[bool]:
    """Flag the months that the posts cover only in part; without the column, none."""
    return table["partial"].astype(bool) if "partial" in table else pd.Series(False, index=table.index)


def _months(axes: Axes, months: pd.Series[Any]) -> None:
    """Put ticks at months only, at most about twelve."""
    every = pd.DatetimeIndex(sorted(pd.to_datetime(months).unique()))
    shown_months = every[:: 1 + len(every) // 12]
    axes.set_xticks(shown_months.to_numpy(), shown_months.strftime("%Y-%m"), rotation=30)
