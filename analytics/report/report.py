"""The report of runs: reads the database and writes one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from incahoots import cypher
from incahoots.analytics.networks.exports import check_format, write_table
from incahoots.analytics.report import sections
from incahoots.analytics.report.drawn_networks import Facts, Network, drawn_of_run, fetch_facts
from incahoots.analytics.report.known import id_like
from incahoots.analytics.report.page import page
from incahoots.analytics.report.payload import payload
from incahoots.analytics.report.posts_of_lines import MOST_POSTS, fetch_posts, within_budget
from incahoots.analytics.report.pseudonyms import Naming
from incahoots.analytics.runs.kinds import kind_of
from incahoots.analytics.runs.parts import SCORES, check_whole
from incahoots.analytics.runs.store import find_run
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError, quoted
from incahoots.private_files import replace_text
from incahoots.progress import Progress, part, silent
from incahoots.server.browser_links import link

#: Lines that are drawn of each network, at most.
LIMIT = 20_000


@dataclass(frozen=True)
class Reported:
    """The answer of `report`.

    Attributes
    ----------
    path : Path
    accounts, lines, posts : int
        Their numbers on the page.
    left_out : tuple of str
        What is not on the page, a sentence each.
    """

    path: Path
    accounts: int
    lines: int
    posts: int
    left_out: tuple[str, ...]


def report(
    database: Connectable,
    run_ids: str | Iterable[str],
    path: Path | str,
    *,
    names: bool = False,
    key: Path | str | None = None,
    title: str = "",
    limit: int = LIMIT,
    progress: Progress = silent,
) -> Reported:
    """Write one HTML page about what was loaded and computed, with networks to explore; the page works offline.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_ids : str or iterable of str
        Complete runs of any kind.
    path : Path or str
        Ends in .html; replaced whole, or not at all.
    names : bool
        Show screen names and ids of accounts. When False each account has a pseudonym, and no id of an account or a
        post is on the page; the texts of posts are.
    key : Path or str, optional
        Also write which pseudonym is which account: columns called, account_id, screen_name; .csv or .parquet.
    title : str
        Made from the names of the runs when empty.
    limit : int
        Draw at most this many lines per network, the heaviest. Where there are more, communities are drawn, too.
    progress : callable
        Told of the progress.

    Returns
    -------
    Reported

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    UsageError
        No run is named, this version does not know the kind of a run, or the file cannot be written.
    """
    wanted = list(dict.fromkeys([run_ids] if isinstance(run_ids, str) else run_ids))
    if not wanted:
        raise UsageError("Name at least one run to report on.", "`runs()` lists the runs.")
    if limit < 1:
        raise UsageError(f"The limit must be 1 line or more (got {limit}).")
    target = Path(path)
    check_format(target, (".html",))
    if key is not None:
        check_format(Path(key), (".csv", ".parquet"))
    with connect(database) as opened:
        runs = [find_run(opened, run_id, kind=None) for run_id in wanted]
        for found in runs:
            # Refuse a run before communities of another are detected and written.
            kind_of(found)
            check_whole(found, SCORES)
        facts = [fetch_facts(opened, run, progress) for run in runs]
        drawn = [drawn_of_run(opened, run, limit, progress) for run in facts]
        networks, cut = _with_budget([network for each in drawn for network in each.networks])
        posts = fetch_posts(opened, _tweet_ids(networks), progress)
        accounts, naming = _accounts(opened, networks, posts, own=names)
        called = naming.distinct(wanted)
        parts = [sections.loaded(opened), sections.computed(opened, called)]
        links = _links(opened, [run for run in facts if called[run.run_id] == run.run_id])
    left = [f"{each.run_id}, {each.title}: {each.left_out}" for each in networks if each.left_out]
    left_out = [*left, *(words for each in facts for words in _without_co_post(each)), *cut]
    facts = [_renamed(run, called[run.run_id], naming) for run in facts]
    networks = [replace(each, run_id=called[each.run_id]) for each in networks]
    for number, (run, each) in enumerate(zip(facts, drawn, strict=True)):
        progress(f"describing runs: {run.run_id}", number, len(facts))
        parts += sections.of_run(run, each.posts, naming)
    progress("describing runs", len(facts), len(facts))
    with part(progress, "packing posts", len(posts)):
        data = payload(networks, posts, accounts, naming)
    if opened.server is not None and names:
        # Browser asks for accounts and edges by ids, which only a page with own names may have.
        data["browser"] = link(opened.server)
    parts.append(sections.further(facts, links, left_out))
    parts = [sections.without_names(section, naming) for section in parts]
    heading = naming.text(title) or f"Report of {', '.join(called.values())}"
    text = page(heading, parts, data, own=names, progress=progress)
    replace_text(target, text)
    if key is not None:
        write_table(naming.key(), Path(key))
    lines = sum(len(each.lines) for each in networks)
    return Reported(target, len(accounts), lines, len(posts), tuple(left_out))


def _links(database: Database, runs: list[Facts]) -> dict[str, str]:
    """Neo4j Browser links for the local server; empty for other servers, whose address we do not know."""
    if database.server is None:
        return {}
    shown = {facts.run_id: cypher.find(facts.kind.query) for facts in runs if facts.kind.query}
    return {
        f"{query.title}: {run_id}": link(database.server, query, {"run_id": run_id}) for run_id, query in shown.items()
    }


def _without_co_post(facts: Facts) -> Iterator[str]:
    """Say that edges of co_post are not drawn, where a run has others."""
    edges = facts.run.properties.get("edges_co_post")
    if edges and not (facts.edges["behaviour"] == "co_post").any():
        yield (
            f"{facts.run_id}: {edges:,} edges of co_post are not shown. They say only that two accounts posted at "
            "about the same time."
        )


def _with_budget(networks: list[Network]) -> tuple[list[Network], list[str]]:
    """Divide the posts that a page holds among the networks; also say what is left out."""
    with_posts = [each for each in networks if len(each.pairs)]
    found, cut = [], []
    for each in networks:
        pairs = within_budget(each.pairs, MOST_POSTS // max(len(with_posts), 1)) if len(each.pairs) else each.pairs
        found.append(replace(each, pairs=pairs))
        lines, there = (frame["line"].n_unique() if len(frame) else 0 for frame in (each.pairs, pairs))
        if there < lines:
            cut.append(
                f"{each.run_id}, {each.title}: the page has posts for the heaviest {there:,} of {lines:,} lines; "
                f"incahoots why {quoted(each.run_id)} SOURCE TARGET shows the posts behind any of them."
            )
    return found, cut


def _tweet_ids(networks: list[Network]) -> set[str]:
    """The ids of the posts behind lines."""
    ends = (network.pairs[name] for network in networks for name in ("tweet_id", "other_tweet_id"))
    return {tweet_id for column in ends for tweet_id in column if tweet_id is not None}


def _accounts(
    database: Database, networks: list[Network], posts: pd.DataFrame, *, own: bool
) -> tuple[pd.DataFrame, Naming]:
    """The accounts of a page, those of the heaviest lines first; and their names."""
    nodes = pd.concat(
        [each.nodes[["node", "size"]] for each in networks if each.of == "accounts"]
        or [pd.DataFrame(columns=["node", "size"])]
    )
    size = nodes.groupby("node")["size"].sum()
    order = sorted(size.index, key=lambda account: (-size[account], account))
    order += sorted(set(posts["account_id"]) - set(order))
    known = database.query("fetch/posts_by_account", account_ids=order).set_index("account_id").reindex(order)
    handles = {str(account): name for account, name in known["screen_name"].dropna().items()}
    frame = known["posts"].astype("Int64").reset_index()
    frame["posts"] = [None if pd.isna(count) else int(count) for count in frame["posts"]]
    return frame, _naming(database, order, handles, networks, posts, own=own)


def _naming(
    database: Database,
    accounts: list[str],
    handles: dict[str, str],
    networks: list[Network],
    posts: pd.DataFrame,
    *,
    own: bool,
) -> Naming:
    """Name the accounts. Pseudonyms also cover the names and ids in the database that texts could mention."""
    if own:
        return Naming.of(accounts, handles, own=True)
    texts = [text for text in posts["text"] if isinstance(text, str)]
    traces = {trace for network in networks for trace in network.pairs["trace"].drop_nulls()}
    asked = sorted(id_like([*texts, *traces]))
    found = [
        tweet_id
        for start in range(0, len(asked), _BATCH)
        for tweet_id in database.query("fetch/which_posts_are_there", tweet_ids=asked[start : start + _BATCH])[
            "tweet_id"
        ]
    ]
    loaded = database.query("fetch/names_of_accounts")
    return Naming.of(accounts, handles, own=False, loaded=loaded, posts=found).but_ordinary(texts)


#: Ids in one query.
_BATCH = 10_000


def _renamed(facts: Facts, run_id: str, naming: Naming) -> Facts:
    """The facts of a run, with names replaced as everywhere on the page."""
    states = {name: facts.edges[name].map(naming.text, na_action="ignore") for name in _STATES if name in facts.edges}
    return replace(facts, run=replace(facts.run, run_id=run_id), edges=facts.edges.assign(**states))


_STATES = ("source_state", "target_state")
