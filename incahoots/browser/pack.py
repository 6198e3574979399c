"""Neo4j Browser with style, favourites, guide and a page that sets them up, as a jar in the server's home.

The server serves the first folder ``browser/`` on its class path. The jar contains Browser's files, and those of
incahoots in ``browser/incahoots/``. As both have the same origin, the page can write to Browser's storage, without
another server. The downloaded jar does not change.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

from incahoots import cypher
from incahoots.browser import favourites, grass, guide, parameters, perspective, sealing
from incahoots.errors import ServerError
from incahoots.private_files import replace_with
from incahoots.resources import resource

#: Folder of incahoots' files in Browser.
FOLDER = "browser/incahoots"

#: Placeholder of the server's address in favourites, which the page replaces.
_ORIGIN = "{origin}"


def files() -> dict[str, bytes]:
    """Return files to import into any Browser or Bloom, by name."""
    return {
        "style.grass": grass.grass().encode(),
        "favourites.zip": favourites.archive(),
        "guide.html": guide.guide().encode(),
        "incahoots-perspective.json": perspective.text().encode(),
    }


def write_files(folder: Path) -> list[Path]:
    """Write files to import into any Browser or Bloom; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files().items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def setup(*, auth: bool) -> dict[str, Any]:
    """Return what the page sets up: settings, favourites, style, and commands that set parameters.

    Parameters
    ----------
    auth : bool
        Whether the server requires a password, which is not included.
    """
    body, returns = parameters.beginning()
    given = favourites.favourites(f"{_ORIGIN}/{FOLDER}/guide.html")
    folders = dict.fromkeys(each.folder for each in given)
    content = {
        "auth": auth,
        "settings": {"autoComplete": False, "allowUserStats": False, "allowCrashReports": False},
        "style": grass.rules(),
        "folders": [{"id": name.replace(" ", "-"), "name": name} for name in folders],
        "favourites": [
            {"id": f"{each.folder.replace(' ', '-')}-{each.name}", "folder": each.folder.replace(" ", "-"),
             "content": each.text}
            for each in given
        ],
        "begin": {"body": body, "returns": returns},
        "queries": {
            query.name: {
                "text": query.text,
                "parameters": {
                    name: {
                        "kind": (re.match(r"\w+", parameter.meaning) or [""])[0],
                        "default": None if parameter.required else parameters.literal(parameter.default),
                    }
                    for name, parameter in query.parameters.items()
                },
            }
            for query in map(cypher.find, cypher.names())
        },
    }  # fmt: skip
    version = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
    return {"version": version, **content}


def write_jar(server: Path, home: Path, *, auth: bool) -> Path:
    """Write the jar of a home whose server does not run; return its path.

    Parameters
    ----------
    server : Path
        The installed server, with ``lib``.
    home : Path
        The home, in whose folder ``run`` the jar is written.
    auth : bool
        Whether the server requires a password.

    Raises
    ------
    ServerError
        The installed server has no Browser.
    """
    found = sorted((server / "lib").glob("neo4j-browser-*.jar"))
    if len(found) != 1:
        raise ServerError(f"Neo4j Browser is missing in {server / 'lib'}.", "`incahoots doctor` says how to repair it.")
    jar = home / "run" / "browser.jar"

    def write_to(part: Path) -> None:
        shutil.copyfile(found[0], part)
        with zipfile.ZipFile(part, "a", zipfile.ZIP_DEFLATED) as archive:
            # The server does not find a folder without an entry.
            archive.mkdir(FOLDER)
            pages = {"index.html": resource("start.html").encode(), "start.js": resource("start.js").encode()}
            prepared = {**setup(auth=auth), "pad": sealing.make_pad(home).hex()}
            for name, content in {**files(), **pages, "setup.json": json.dumps(prepared).encode()}.items():
                archive.writestr(f"{FOLDER}/{name}", content)

    replace_with(jar, write_to)
    return jar
