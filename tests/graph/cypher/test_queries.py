"""Every shipped query, as the database sees it."""

from __future__ import annotations

import neo4j
import pytest

from incahoots import cypher
from incahoots.database import Database


@pytest.mark.parametrize("name", cypher.names())
def test_the_database_understands_it_and_deprecates_nothing(database: Database, name: str) -> None:
    query = cypher.find(name)
    given = {parameter: None for parameter, about in query.parameters.items() if about.required}
    with database.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind(given)).consume()
    told = summary.gql_status_objects
    assert [s for s in told if s.classification == neo4j.NotificationClassification.DEPRECATION] == []
