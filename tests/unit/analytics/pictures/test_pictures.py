"""Pictures: what is drawn, for whoever looks, with names that would break it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.dates import num2date
from matplotlib.figure import Figure
from matplotlib.text import Text

from incahoots.analytics import pictures
from incahoots.analytics.pictures import asymmetry, draw_heatmap, draw_network, draw_sweep, draw_timeline
from incahoots.analytics.pictures.layout import layout
from incahoots.analytics.pictures.style import _LOOKS
from incahoots.errors import UsageError
from tests.networks import edge_frame
from tests.picture_files import check_picture

#: Names as people choose them to be seen, or to break what shows them.
HOSTILE = [
    "$x^2$ \\frac{", "$", r"$\oops$", "<b>&amp;]]>", "\u202egnp.exe", "a\x00b\x07", "line\nbreak", "_under", "漢字",
    "عربي", "😀", "Z\u0300\u0301\u0302\u0303\u0304\u0305", "x" * 300, "\ud800", "\ufffe", "%s {0}", "", "\u200b",
]  # fmt: skip

Rows = list[tuple[str, str, str, int]]


def ring(n: int, behaviours: tuple[str, ...] = ("co_link", "co_tweet")) -> pd.DataFrame:
    """Accounts in a ring, each heavier than the one before."""
    rows = [(f"a{i:03}", f"a{(i + 1) % n:03}", name, i + 1) for i in range(n) for name in behaviours]
    return edge_frame(rows)


def posts_of(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Posts of rows (behaviour, account, second)."""
    frame = pd.DataFrame(rows, columns=["behaviour", "account_id", "second"])
    return frame.assign(created_at=pd.Timestamp("2020-01-01", tz="UTC") + pd.to_timedelta(frame["second"], unit="s"))


def table_of(rows: list[tuple[str, int, int, float, int, float]]) -> pd.DataFrame:
    names = ["behaviour", "window_s", "edges", "largest_share", "communities", "stability"]
    return pd.DataFrame(rows, columns=names).assign(found_by="louvain")


def texts(figure: Figure) -> str:
    """All that is written on a picture."""
    return "\n".join(text.get_text() for text in figure.findobj(Text))  # type: ignore[attr-defined]


def every_picture(names: dict[str, str], title: str) -> dict[str, Figure]:
    """One of each kind, of accounts of these names."""
    accounts = list(names)
    rows: Rows = [(u, v, name, 2) for u, v in itertools.pairwise(accounts) for name in ("co_link", "link+mention")]
    posts = posts_of(*(("co_link", account, 60 * number) for number, account in enumerate(accounts)))
    return {
        "heatmap": draw_heatmap(edge_frame(rows), names=names, title=title),
        "network": draw_network(edge_frame(rows), names=names, title=title),
        "timeline": draw_timeline(posts, names=names, title=title),
        "sweep": draw_sweep(
            table_of([("co_link", 1, 3, 0.5, 2, np.nan), ("co_link", 60, 9, 1.0, 1, 0.3)]), title=title
        ),
    }


@pytest.mark.parametrize("suffix", pictures.FORMATS)
def test_names_cannot_break_a_picture(tmp_path: Path, suffix: str) -> None:
    names = {f"account-{number}": name for number, name in enumerate(HOSTILE)}
    for kind, figure in every_picture(names, "$run$ \\frac{\u202e\x00").items():
        path = tmp_path / f"{kind}{suffix}"
        pictures.save_picture(figure, path)
        check_picture(path)
        if suffix == ".svg":
            written = "\n".join(ET.parse(path).getroot().itertext())
            assert "$run$ \\frac{" in written
            assert kind == "sweep" or {"$x^2$ \\frac{", r"$\oops$", "<b>&amp;]]>", "gnp.exe"} <= set(
                written.splitlines()
            )
            assert "\u202e" not in written
    assert {path.suffix for path in tmp_path.iterdir()} == {suffix}


def test_the_same_picture_is_the_same_file(tmp_path: Path) -> None:
    for suffix in pictures.FORMATS:
        for name, copy in itertools.product(("heatmap", "network", "timeline", "sweep"), (1, 2)):
            figure = every_picture({f"a{number}": f"name {number}" for number in range(9)}, "title")[name]
            pictures.save_picture(figure, tmp_path / f"{name}-{copy}{suffix}")
    for path in tmp_path.glob("*-1.*"):
        assert path.read_bytes() == path.with_name(path.name.replace("-1.", "-2.")).read_bytes(), path.name


def test_the_same_picture_is_drawn_by_another_process() -> None:
    code = (
        "import pandas as pd; from incahoots.analytics.pictures.layout import layout\n"
        "rows = [(f'{part}{i}', f'{part}{i + 1}') for part in 'pqrst' for i in range(5)]\n"
        "names = sorted({name for row in rows for name in row})\n"
        "places = layout(pd.DataFrame(rows, columns=['source', 'target']), names, 1)\n"
        "print([place.tolist() for place in places.values()])"
    )
    drawn = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        drawn.add(done.stdout)
    assert len(drawn) == 1


def test_settings_of_the_user_stay(tmp_path: Path) -> None:
    # Even one that would have every text typeset by TeX.
    with mpl.rc_context({"text.usetex": True, "font.size": 33}):
        before = dict(mpl.rcParams)
        pictures.save_picture(draw_heatmap(ring(3)), tmp_path / "x.png")
        assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("name", "words"), [("x.gif", "Choose an ending from: .png, .svg, .pdf"), ("missing/x.png", "no folder")]
)
def test_a_wrong_file_is_told(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        pictures.save_picture(Figure(), tmp_path / name)


def test_what_has_nothing_to_draw_says_so() -> None:
    for draw in (draw_heatmap, draw_network):
        with pytest.raises(UsageError, match="no edges between two accounts"):
            draw(edge_frame([("a", "a", "co_link", 3)]))
    with pytest.raises(UsageError, match="no coordinated posts"):
        draw_timeline(posts_of())
    with pytest.raises(UsageError, match="no window"):
        draw_sweep(table_of([]))


# The heatmap


def test_asymmetry_by_hand() -> None:
    # Of two behaviours added up; b -> a is heavier than a -> b; c has no way back, and no edge with b.
    edges = edge_frame(
        [("a", "b", "co_link", 1), ("a", "b", "co_tweet", 1), ("b", "a", "co_link", 7), ("a", "c", "co_link", 2),
         ("c", "c", "co_link", 50)]
    )  # fmt: skip
    found = asymmetry(edges)
    assert list(found.index) == list(found.columns) == ["b", "c", "a"]
    nan = np.nan
    np.testing.assert_array_equal(found.to_numpy(), [[nan, nan, 5], [nan, nan, -2], [-5, 2, nan]])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), st.integers(1, 9), min_size=1, max_size=20
    )
)
def test_asymmetry_is_the_difference_of_both_ways(weights: dict[tuple[str, str], int]) -> None:
    found = asymmetry(edge_frame([(u, v, "co_link", weight) for (u, v), weight in weights.items()]))
    accounts = {account for u, v in weights if u != v for account in (u, v)}
    assert set(found.index) == accounts
    for u, v in itertools.permutations(accounts, 2):
        known = (u, v) in weights or (v, u) in weights
        expected = weights.get((u, v), 0) - weights.get((v, u), 0) if known else np.nan
        assert found.loc[u, v] == pytest.approx(expected, nan_ok=True)
    sums = found.sum(axis=1).to_list()
    assert sums == sorted(sums, reverse=True)


def test_a_heatmap_shows_the_matrix_and_whose_it_is() -> None:
    edges = edge_frame([("1", "2", "co_link", 5), ("2", "1", "co_link", 1)])
    figure = draw_heatmap(edges, names={"1": "anna"}, title="all-60s, community 0")
    axes = figure.axes[0]
    image = axes.get_images()[0]
    array = image.get_array()
    assert array is not None
    np.testing.assert_array_equal(np.ma.filled(array, 0), [[0, 4], [-4, 0]])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["anna", "2"]
    # White is no difference, whatever the largest one is.
    assert image.norm(0) == 0.5
    assert {"+4", "-4", "all-60s, community 0"} <= set(texts(figure).splitlines())
    assert "with the largest weighted degree" not in texts(figure)


def test_a_heatmap_of_many_says_how_many_it_leaves_out() -> None:
    figure = draw_heatmap(ring(50))
    image = figure.axes[0].get_images()[0]
    assert image.get_size() == (40, 40)
    assert "Showing the 40 accounts with the largest weighted degree, of 50." in texts(figure)
    # Two heavy accounts that have nothing to do with each other.
    apart = edge_frame(
        [("a", f"x{n}", "co_link", 9) for n in range(5)] + [("b", f"y{n}", "co_link", 9) for n in range(5)]
    )
    assert draw_heatmap(apart, limit=2).axes[0].get_images()[0].get_size() == (2, 2)


# The network


def drawn(figure: Figure, kind: type[Any]) -> list[Any]:
    """The collections of a kind: arcs, arrowheads or dots."""
    return [each for each in figure.axes[0].collections if isinstance(each, kind)]


def test_a_network_has_an_arc_for_each_pair_and_behaviour() -> None:
    edges = edge_frame(
        [("a", "b", "co_link", 9), ("b", "a", "co_link", 7), ("a", "b", "co_tweet", 1), ("b", "c", "co_link", 4),
         ("c", "c", "co_link", 99)]
    )  # fmt: skip
    figure = draw_network(edges, title="all-60s")
    tweets, links = drawn(figure, LineCollection)
    assert (len(links.get_segments()), len(tweets.get_segments())) == (2, 1)
    # Both between a and b, but not on one another.
    ends = [
        {tuple(arc[0].round(6)), tuple(arc[-1].round(6))} for arc in (links.get_segments()[0], tweets.get_segments()[0])
    ]
    assert ends[0] == ends[1]
    middles = [arc[len(arc) // 2] for arc in (links.get_segments()[0], tweets.get_segments()[0])]
    assert np.linalg.norm(middles[0] - middles[1]) > 0.1
    assert links.get_linewidths()[0] > links.get_linewidths()[1] > tweets.get_linewidths()[0]
    # a -> b by co_tweet and b -> c by co_link have no way back.
    heads = [len(each.get_paths()) for each in drawn(figure, PolyCollection)]
    assert heads == [1, 1]
    assert {"co_link (3 edges)", "co_tweet (1 edge)", "all-60s"} <= set(texts(figure).splitlines())
    assert [tuple(np.round(look, 3)) for look in (links.get_colors()[0][:3], tweets.get_colors()[0][:3])] == [
        tuple(np.round(to_rgb(_LOOKS[name].colour), 3)) for name in ("co_link", "co_tweet")
    ]


def test_an_arrow_head_points_from_the_source_to_the_target() -> None:
    for source, target in (("a", "b"), ("b", "a")):
        edges = edge_frame([(source, target, "co_link", 1)])
        figure = draw_network(edges)
        (heads,) = drawn(figure, PolyCollection)
        tip, *tail = heads.get_paths()[0].vertices[:3]
        places = layout(edges, ["a", "b"], 1)
        along = places[target] - places[source]
        assert (tip - np.mean(tail, axis=0)) @ along > 0


def test_arrow_heads_are_explained_where_there_are_any() -> None:
    one_way = edge_frame([("a", "b", "co_link", 1)])
    both_ways = edge_frame([("a", "b", "co_link", 1), ("b", "a", "co_link", 1)])
    dots = "Each dot is an account, sized by its total edge weight."
    arrows = "Arrowheads mark edges in one direction only."
    assert draw_network(one_way).get_supxlabel() == f"{dots}\n{arrows}"
    assert draw_network(both_ways).get_supxlabel() == dots


def test_dots_grow_with_the_weighted_degree_in_their_area() -> None:
    figure = draw_network(edge_frame([("hub", "a", "co_link", 30), ("hub", "b", "co_link", 10)]))
    (dots,) = drawn(figure, PathCollection)
    # In the order of their weight: hub 40, a 30, b 10.
    sizes = dots.get_sizes()
    assert [(size - 10) / 120 for size in sizes] == pytest.approx([1, 0.75, 0.25])


def test_a_network_of_many_says_what_it_leaves_out() -> None:
    figure = draw_network(ring(320))
    (dots,) = drawn(figure, PathCollection)
    assert len(dots.get_offsets()) == 300
    # A chain of what was a ring.
    assert "Showing the 300 accounts with the largest weighted degree, of 320, and 598 of 640 edges." in texts(figure)


def test_names_do_not_cover_each_other() -> None:
    def named(figure: Figure) -> list[tuple[float, float]]:
        return [text.xy for text in figure.axes[0].texts]  # type: ignore[attr-defined]

    assert len(named(draw_network(ring(40)))) == 40
    points = named(draw_network(ring(300)))
    assert 5 < len(points) <= 30
    reach = np.ptp(np.array(list(layout(ring(300), [f"a{i:03}" for i in range(300)], 1).values())), axis=0).max()
    for one, other in itertools.combinations(np.array(points), 2):
        assert (np.abs(one - other) > np.array([0.16, 0.025]) * reach).any()


def test_parts_of_a_network_stand_apart_and_a_seed_says_where() -> None:
    edges = edge_frame(
        [(f"{part}{i}", f"{part}{j}", "co_link", 1) for part in "pqrs" for i, j in ((0, 1), (1, 2), (2, 0))]
    )
    accounts = sorted({*edges["source"], *edges["target"]})
    places = layout(edges, accounts, 1)
    boxes = []
    for part in "pqrs":
        points = np.array([place for account, place in places.items() if account.startswith(part)])
        boxes.append((points.min(axis=0), points.max(axis=0)))
    for (low, high), (other_low, other_high) in itertools.combinations(boxes, 2):
        assert (high < other_low).any() or (other_high < low).any()
    again = layout(edges.sample(frac=1, random_state=1), accounts[::-1], 1)
    assert {account: place.tolist() for account, place in again.items()} == {
        account: place.tolist() for account, place in places.items()
    }
    assert any((layout(edges, accounts, 2)[account] != places[account]).any() for account in accounts)


# The time line


def test_a_time_line_has_a_row_an_account_and_a_sign_a_behaviour() -> None:
    posts = posts_of(
        ("co_link", "late", 900), ("co_link", "early", 0), ("co_tweet", "early", 0), ("co_link", "late", 60)
    )
    figure = draw_timeline(posts, names={"early": "anna"}, title="t")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["anna", "late"]
    # The first row stands at the top.
    assert axes.yaxis_inverted()
    tweets, links = (np.asarray(each.get_offsets()) for each in axes.collections)
    assert [num2date(x).replace(tzinfo=None).isoformat() for x, _ in links] == [
        "2020-01-01T00:15:00", "2020-01-01T00:00:00", "2020-01-01T00:01:00"
    ]  # fmt: skip
    assert [round(y) for _, y in links] == [1, 0, 1]
    # The two of one post do not cover each other.
    assert abs(tweets[0][1] - links[1][1]) > 0.3
    assert {"co_link (3 posts)", "co_tweet (1 post)", "time (UTC)"} <= set(texts(figure).splitlines())


def test_a_time_line_of_many_shows_the_busiest() -> None:
    posts = posts_of(*(("co_link", f"a{n:02}", second) for n in range(70) for second in range(n + 1)))
    figure = draw_timeline(posts)
    shown_rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert shown_rows == [f"a{n:02}" for n in range(10, 70)]
    assert "Showing the 60 accounts with the most coordinated posts, of 70." in texts(figure)


# The sweep


def test_a_sweep_has_a_line_a_behaviour_in_four_panels() -> None:
    table = table_of(
        [("co_link", 1, 0, np.nan, 0, np.nan), ("co_link", 60, 9, 1.0, 3, 0.3), ("co_tweet", 60, 4, 0.5, 2, -0.4)]
    )
    figure = draw_sweep(table, title="sweep")
    lines = {axes.get_title(loc="left"): axes.get_lines() for axes in figure.axes}
    assert list(lines) == [
        "Edges", "Accounts in the largest component (share)", "Communities",
        "Stability: agreement with the previous window (adjusted Rand index)",
    ]  # fmt: skip
    tweets, links = lines["Edges"]
    assert (list(links.get_xdata()), list(links.get_ydata())) == ([0, 1], [0, 9])
    assert (list(tweets.get_xdata()), list(tweets.get_ydata())) == ([1], [4])
    assert [label.get_text() for label in figure.axes[2].get_xticklabels()] == ["1s", "60s"]
    assert figure.axes[3].get_ylim()[0] < -0.4
    assert {"co_link", "co_tweet", "sweep"} <= set(texts(figure).splitlines())
    assert "too large for Louvain" not in texts(figure)
    assert "too large for Louvain" in texts(draw_sweep(table.assign(found_by="components")))


def test_no_number_is_written_as_a_formula() -> None:
    figure = draw_sweep(table_of([("co_link", window_s, 10**window_s, 1.0, 1, 1.0) for window_s in range(1, 7)]))
    figure.canvas.draw()
    assert "$" not in texts(figure)
    assert "1,000,000" in texts(figure).splitlines()
