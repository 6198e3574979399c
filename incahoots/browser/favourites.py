"""The shipped queries as favourites of Neo4j Browser: in the folders it keeps, and as a zip that is dropped onto it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from incahoots import cypher
from incahoots.browser import parameters

#: Where one begins; the other folders are the families of queries.
BEGIN = "incahoots"

#: What is read first comes first.
_ORDER = (
    "explore",
    "coordination",
    *(family for family in cypher.FAMILIES if family not in ("explore", "coordination")),
)

#: A date for every file of the zip: the same queries make the same bytes.
_MADE = (2026, 11, 23, 0, 0, 0)


@dataclass(frozen=True)
class Favourite:
    """One favourite: Browser shows the first line of its text, a comment, as its name."""

    folder: str
    name: str
    text: str


def favourites(guide: str | None = None) -> list[Favourite]:
    """Give every shipped query and, before them, what sets parameters.

    Parameters
    ----------
    guide : str, optional
        Address of the guide, where one is served.
    """
    body, returns = parameters.beginning()
    first = [
        *([("guide", f"// Open the guide\n:guide {guide}\n")] if guide else []),
        ("begin", f"// Begin with the newest run\n{parameters.command(returns, body)}\n"),
        *(
            (
                f"run_{kind}",
                f'// Go on with the run "{kind}"\n{parameters.command({"run_id": parameters.literal(kind)})}\n',
            )
            for kind in ("interstate", "drivers")
        ),
    ]
    queries = [cypher.find(name) for family in _ORDER for name in cypher.names() if name.startswith(f"{family}/")]
    return [
        *(Favourite(BEGIN, name, text) for name, text in first),
        *(
            Favourite(f"{BEGIN} {query.family}", query.name.split("/")[1], query.text)
            for query in queries
            if query.family not in ("browser", "bloom")
        ),
    ]


def archive() -> bytes:
    """Give them as a zip with a folder for each family."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for each in favourites():
            file.writestr(zipfile.ZipInfo(f"{each.folder}/{each.name}.cypher", _MADE), each.text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
