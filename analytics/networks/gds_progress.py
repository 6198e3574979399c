"""Progress of long calls of Graph Data Science, read while they run, as their results come only at the end."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from graphdatascience import GraphDataScience
from neo4j.exceptions import DriverError, Neo4jError

from incahoots import cypher
from incahoots.progress import Progress

#: The query for the progress, and seconds between two queries.
QUESTION = "projections/progress"
EVERY_S = 0.5


@contextmanager
def followed(gds: GraphDataScience, progress: Progress, what: str, total: int) -> Iterator[str]:
    """Report the progress of a call of ``total`` items, from a thread of its own; yield the ``job_id`` for the call."""
    job_id, over = str(uuid.uuid4()), threading.Event()
    thread = threading.Thread(target=_follow, args=(gds, job_id, progress, what, total, over), daemon=True)
    progress(what, 0, total)
    thread.start()
    try:
        yield job_id
    finally:
        over.set()
        thread.join()
    progress(what, total, total)


def _follow(
    gds: GraphDataScience, job_id: str, progress: Progress, what: str, total: int, over: threading.Event
) -> None:
    """Query the progress of a job until it ends."""
    question = cypher.find(QUESTION).text
    while not over.wait(EVERY_S):
        try:
            found = gds.run_cypher(question, {"job_id": job_id})["done"].dropna()
        except (Neo4jError, DriverError):
            # A job is unknown before it starts and after it ends; the call itself reports other errors.
            continue
        if len(found):
            progress(what, min(int(found.iloc[0] * total), total - 1), total)
