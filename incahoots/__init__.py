"""Find accounts that act together, on Neo4j.

Whatever takes a database takes what `connect` gives, a URI, a ``neo4j.Driver`` or a ``py2neo.Graph``; None means the
database of the environment, else the local server.

Examples
--------
>>> import incahoots as ih
>>> db = ih.connect()                                                                         # doctest: +SKIP
>>> ih.load("io-archive", "tweets.csv.gz", db, operation=ih.Operation("ru_2019", ["Russia"])) # doctest: +SKIP
>>> run = ih.coordinate(db, ["co_link", "co_retweet"], "60s")                                 # doctest: +SKIP
>>> ih.edges(db, run.run_id)                                                                  # doctest: +SKIP
>>> ih.communities(db, run.run_id).table()                                                    # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

import lazy_loader

#: A name is imported when it is first used, so that ``import incahoots`` costs nothing. The list is ``__init__.pyi``.
_attach, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Import a name of the API when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        return version("incahoots")
    return _attach(name)
