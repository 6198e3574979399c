"""Errors of the Neo4j driver, in one line with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable, TransientError

from incahoots.errors import DatabaseError


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors of the Neo4j driver into a `DatabaseError` with a remedy. Transient errors pass through."""
    try:
        yield
    except AuthError as problem:
        raise DatabaseError(
            "The database rejected the user name or password.", "Check NEO4J_USERNAME and NEO4J_PASSWORD."
        ) from problem
    except ServiceUnavailable as problem:
        raise DatabaseError(
            f"The database does not answer: {first_line(problem)}",
            "Start one with `incahoots up`, or set NEO4J_URI and NEO4J_PASSWORD.",
        ) from problem
    except TransientError:
        raise
    except ClientError as problem:
        if problem.code == "Neo.ClientError.Procedure.ProcedureNotFound" and "gds." in str(problem):
            raise missing_gds() from problem
        if problem.code == "Neo.ClientError.Database.DatabaseNotFound":
            raise DatabaseError("The server has no database of that name.", "Check NEO4J_DATABASE.") from problem
        raise DatabaseError(f"The database rejected a query: {first_line(problem)}") from problem
    except (Neo4jError, DriverError) as problem:
        raise DatabaseError(f"The database failed: {first_line(problem)}") from problem


def too_little_memory(problem: TransientError) -> DatabaseError:
    """Build the error for a query that needs more memory than there is."""
    return DatabaseError(
        f"The database has too little memory for this: {first_line(problem)}",
        "Ask for less at a time (fewer behaviours, a shorter window, one operation), or restart the server with more "
        "memory: `incahoots down`, then `INCAHOOTS_HEAP=6g incahoots up`.",
    )


def missing_gds() -> DatabaseError:
    """Build the error for a database without Graph Data Science."""
    return DatabaseError(
        "This database lacks Graph Data Science, which communities and centralities need.",
        "Install the graph-data-science plugin (2.13 for Neo4j 5.26), or use the server of `incahoots up`, which has "
        "it. Coordination networks do not need it.",
    )


def first_line(problem: BaseException) -> str:
    """Return the first line of an error's message, as a sentence."""
    message = problem.message if isinstance(problem, Neo4jError) and problem.message else str(problem)
    return message.splitlines()[0].rstrip(" :.") + "." if message else f"{type(problem).__name__}."
