"""How far a long call of Graph Data Science is: asked for while it goes on, as its own answer comes only at the end."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from graphdatascience import GraphDataScience
from neo4j.exceptions import DriverError, Neo4jError

from incahoots import cypher
from incahoots.progress import Report

#: What is asked, and how many seconds lie between two questions.
_QUESTION = "projections/progress"
_EVERY_S = 0.5


@contextmanager
def followed(gds: GraphDataScience, report: Report, what: str, total: int) -> Iterator[str]:
    """Report how far a call is, from a thread of its own.

    Parameters
    ----------
    gds : GraphDataScience
    report : callable
        Told of the progress.
    what : str
        As `incahoots.progress.Report` has it.
    total : int
        How many of them there are.

    Yields
    ------
    str
        What the call takes as its ``job_id``.
    """
    job_id, over = str(uuid.uuid4()), threading.Event()
    thread = threading.Thread(target=_follow, args=(gds, job_id, report, what, total, over), daemon=True)
    report(what, 0, total)
    thread.start()
    try:
        yield job_id
    finally:
        over.set()
        thread.join()
    report(what, total, total)


def _follow(gds: GraphDataScience, job_id: str, report: Report, what: str, total: int, over: threading.Event) -> None:
    """Ask how far a job is until it is over."""
    question = cypher.find(_QUESTION).text
    while not over.wait(_EVERY_S):
        try:
            found = gds.run_cypher(question, {"job_id": job_id})["done"].dropna()
        except (Neo4jError, DriverError):
            # A job that has not begun yet is not known, nor one that is over; what else is wrong the call itself says.
            continue
        if len(found):
            report(what, min(int(found.iloc[0] * total), total - 1), total)
