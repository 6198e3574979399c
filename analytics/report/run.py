"""The report: asks the database, and writes one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from incahoots import cypher
from incahoots.analytics.exports import check_format, write_table
from incahoots.analytics.report import sections
from incahoots.analytics.report.evidence import MOST_POSTS, fetch_posts, within_budget
from incahoots.analytics.report.known import id_like
from incahoots.analytics.report.networks import Facts, Network, drawn_of_run, fetch_facts
from incahoots.analytics.report.page import page
from incahoots.analytics.report.payload import payload
from incahoots.analytics.report.pseudonyms import Naming
from incahoots.analytics.run_parts import SCORES, check_whole
from incahoots.analytics.runs import NETWORKS, find_run
from incahoots.browser.links import link
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError, quoted
from incahoots.private_files import replace_with
from incahoots.progress import Report, part, silent

#: Lines of a network that are drawn at most.
LIMIT = 20_000


@dataclass(frozen=True)
class Reported:
    """The answer of `report`.

    Attributes
    ----------
    path : Path
    accounts, lines, posts : int
        How many are on the page.
    left_out : tuple of str
        What is not, in words.
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
    report: Report = silent,
) -> Reported:
    """Write what was loaded and computed, with networks to look into, as one page that needs no network.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_ids : str or iterable of str
        Complete runs of any kind.
    path : Path or str
        Ends in .html; replaced whole, or not at all.
    names : bool
        Call accounts by their own names, with ids. Else each has a pseudonym, and no id of an account or a post is on
        the page; what posts say is.
    key : Path or str, optional
        Also write who is who: columns called, account_id, screen_name; .csv or .parquet.
    title : str
        When empty it names the runs.
    limit : int
        Lines of each network that are drawn at most, the heaviest; of more their communities are drawn as well.
    report : callable
        Told of the progress.

    Returns
    -------
    Reported

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    UsageError
        No run is named, or the file cannot be written.
    """
    wanted = list(dict.fromkeys([run_ids] if isinstance(run_ids, str) else run_ids))
    if not wanted:
        raise UsageError("A report is of runs, and none is named.", "`incahoots runs` lists them.")
    if limit < 1:
        raise UsageError(f"A limit of {limit} lines is none.", "It is 1 or more.")
    target = Path(path)
    check_format(target, (".html",))
    if key is not None:
        check_format(Path(key), (".csv", ".parquet"))
    with connect(database) as opened:
        runs = [find_run(opened, run_id, kinds=None) for run_id in wanted]
        for found in runs:
            check_whole(found, SCORES)
        facts = [fetch_facts(opened, run, report) for run in runs]
        drawn = [drawn_of_run(opened, run, limit, report) for run in facts]
        networks, cut = _with_budget([network for each in drawn for network in each.networks])
        posts = fetch_posts(opened, _tweet_ids(networks), report)
        accounts, naming = _accounts(opened, networks, posts, own=names)
        called = naming.distinct(wanted)
        parts = [sections.loaded(opened), sections.computed(opened, called)]
        links = _links(opened, [run for run in facts if called[run.run_id] == run.run_id])
        beside = [words for each in facts for words in _without_co_post(opened, each)]
    left_out = [f"{each.run_id}: {each.words}" for each in networks if "left out" in each.words] + beside + cut
    facts = [_renamed(run, called[run.run_id], naming) for run in facts]
    networks = [replace(each, run_id=called[each.run_id]) for each in networks]
    for number, (run, each) in enumerate(zip(facts, drawn, strict=True)):
        report(f"describing runs: {run.run_id}", number, len(facts))
        parts += sections.groups(run, each.posts, naming)
        parts += sections.states(run)
        parts += sections.others(run, naming)
    report("describing runs", len(facts), len(facts))
    with part(report, "packing posts", len(posts)):
        data = payload(networks, posts, accounts, naming)
    if opened.server is not None and names:
        # What a line or an account is in Browser is asked for by ids.
        data["browser"] = link(opened.server)
    parts.append(sections.further(facts, links, left_out))
    parts = [sections.without_names(section, naming) for section in parts]
    heading = naming.text(title) or f"Report of {', '.join(called.values())}"
    text = page(heading, parts, data, own=names, report=report)
    replace_with(target, lambda part: part.write_text(text, encoding="utf-8"))
    if key is not None:
        write_table(naming.key(), Path(key))
    lines = sum(len(each.lines) for each in networks)
    return Reported(target, len(accounts), lines, len(posts), tuple(left_out))


#: What shows a run in Browser, by its kind.
_SHOWN = {"interstate": "show_states", "drivers": "show_drivers"} | dict.fromkeys(NETWORKS, "show_network")


def _links(database: Database, runs: list[Facts]) -> dict[str, str]:
    """Links into the Browser of the managed server; none to other servers, whose Browser is not known."""
    if database.server is None:
        return {}
    shown = {facts.run_id: cypher.find(_SHOWN[facts.run["kind"]]) for facts in runs if facts.run["kind"] in _SHOWN}
    return {
        f"{query.title}: {run_id}": link(database.server, query, {"run_id": run_id}) for run_id, query in shown.items()
    }


def _without_co_post(database: Database, facts: Facts) -> Iterator[str]:
    """Say that edges of co_post are not drawn, where a run has others."""
    if not facts.is_network or "co_post" not in facts.run["behaviours"]:
        return
    if not (facts.edges["behaviour"] == "co_post").any():
        edges = database.query("runs/properties", run_id=facts.run_id)["properties"].iloc[0].get("edges_co_post") or 0
        if edges:
            yield (
                f"{facts.run_id}: {edges:,} edges of co_post, which say only that two accounts posted at about the "
                "same time."
            )


def _with_budget(networks: list[Network]) -> tuple[list[Network], list[str]]:
    """Networks with so many posts as a page holds, each its share; and what is left out."""
    with_posts = [each for each in networks if len(each.pairs)]
    found, cut = [], []
    for each in networks:
        pairs = within_budget(each.pairs, MOST_POSTS // max(len(with_posts), 1)) if len(each.pairs) else each.pairs
        found.append(replace(each, pairs=pairs))
        lines, there = (frame["line"].n_unique() if len(frame) else 0 for frame in (each.pairs, pairs))
        if there < lines:
            cut.append(
                f"{each.run_id}, {each.title}: posts are on the page for the heaviest {there:,} of {lines:,} lines; "
                f"incahoots why {quoted(each.run_id)} SOURCE TARGET shows those of any."
            )
    return found, cut


def _tweet_ids(networks: list[Network]) -> set[str]:
    """The posts behind lines."""
    ends = (network.pairs[name] for network in networks for name in ("tweet_id", "other_tweet_id"))
    return {tweet_id for column in ends for tweet_id in column if tweet_id is not None}


def _accounts(
    database: Database, networks: list[Network], posts: pd.DataFrame, *, own: bool
) -> tuple[pd.DataFrame, Naming]:
    """The accounts of a page, those of the heaviest lines first; and what they are called."""
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
    """What accounts are called; with pseudonyms also what else of the database texts could name."""
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


#: Ids that are asked for at a time.
_BATCH = 10_000


def _renamed(facts: Facts, run_id: str, naming: Naming) -> Facts:
    """What a run left, with its names as the page has them."""
    states = {name: facts.edges[name].map(naming.text, na_action="ignore") for name in _STATES if name in facts.edges}
    return replace(facts, run=pd.Series({**facts.run, "run_id": run_id}), edges=facts.edges.assign(**states))


_STATES = ("source_state", "target_state")
