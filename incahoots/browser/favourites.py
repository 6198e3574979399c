"""The shipped queries as favourites of Neo4j Browser: in its folders, and as a zip archive to import."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from incahoots import cypher
from incahoots.browser import parameters

#: Folder of the first favourites; other folders are families of queries.
BEGIN = "incahoots"

#: Order of the folders.
_ORDER = (
    "explore",
    "coordination",
    *(family for family in cypher.FAMILIES if family not in ("explore", "coordination")),
)

#: A fixed date for files of the zip, so that the same queries give the same bytes.
_MADE = (2026, 11, 23, 0, 0, 0)


@dataclass(frozen=True)
class Favourite:
    """A favourite, whose first line, a comment, Browser shows as its name."""

    folder: str
    name: str
    text: str


def favourites(guide: str | None = None) -> list[Favourite]:
    """Return commands that set parameters, and all shipped queries.

    Parameters
    ----------
    guide : str, optional
        Address of the guide, if it is served.
    """
    body, returns = parameters.beginning()
    first = [
        *([("guide", f"// Open the guide\n:guide {guide}\n")] if guide else []),
        ("begin", f"// Begin with the newest run\n{parameters.command(returns, body)}\n"),
        *(
            (
                f"run_{run_id}",
                f'// Go on with the run "{run_id}"\n{parameters.command({"run_id": parameters.literal(run_id)})}\n',
            )
            for run_id in parameters.default_runs()
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
    """Return the favourites as a zip archive with a folder for each family."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for each in favourites():
            file.writestr(zipfile.ZipInfo(f"{each.folder}/{each.name}.cypher", _MADE), each.text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
