"""All shipped queries, as the database sees them."""

from __future__ import annotations

import neo4j

from incahoots import cypher
from incahoots.database import Database


def test_the_database_understands_them_and_deprecates_nothing(database: Database) -> None:
    deprecated = []
    with database.session() as session:
        for query in map(cypher.find, cypher.names()):
            given = {parameter: None for parameter, about in query.parameters.items() if about.required}
            told = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind(given)).consume().gql_status_objects
            deprecated += [
                (query.name, s) for s in told if s.classification == neo4j.NotificationClassification.DEPRECATION
            ]
    assert deprecated == []
