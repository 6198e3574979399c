"""What the Neo4j driver raises, in one line with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable, TransientError

from incahoots.errors import DatabaseError


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the Neo4j driver raises into one line with its remedy. Passing failures go through untouched."""
    try:
        yield
    except AuthError as problem:
        raise DatabaseError(
            "The database refuses this user name or password.", "Check NEO4J_USERNAME and NEO4J_PASSWORD."
        ) from problem
    except ServiceUnavailable as problem:
        raise DatabaseError(
            f"No database answers: {first_line(problem)}",
            "Start one with `incahoots up`, or set NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD.",
        ) from problem
    except TransientError:
        raise
    except ClientError as problem:
        if problem.code == "Neo.ClientError.Procedure.ProcedureNotFound" and "gds." in str(problem):
            raise missing_gds() from problem
        if problem.code == "Neo.ClientError.Database.DatabaseNotFound":
            raise DatabaseError("There is no database of that name.", "Check NEO4J_DATABASE.") from problem
        raise DatabaseError(f"The database refused a query: {first_line(problem)}") from problem
    except (Neo4jError, DriverError) as problem:
        raise DatabaseError(f"The database failed: {first_line(problem)}") from problem


def too_little_memory(problem: TransientError) -> DatabaseError:
    """The error for a query that needs more memory than there is: calling it again helps nothing."""
    return DatabaseError(
        f"The database has too little memory for this: {first_line(problem)}",
        "Ask for less at a time (fewer behaviours, a shorter window, one operation), or give it more: "
        "`incahoots down`, then `INCAHOOTS_HEAP=6g incahoots up`.",
    )


def missing_gds() -> DatabaseError:
    """The error for a database without Graph Data Science."""
    return DatabaseError(
        "This database has no Graph Data Science, which communities and centralities need.",
        "Install the graph-data-science plugin (2.13 for Neo4j 5.26), or use `incahoots up`, which brings it. "
        "Coordination networks work without it.",
    )


def first_line(problem: BaseException) -> str:
    """The part of a message that a person needs."""
    message = problem.message if isinstance(problem, Neo4jError) and problem.message else str(problem)
    return message.splitlines()[0].rstrip(" :.") + "." if message else f"{type(problem).__name__}."
