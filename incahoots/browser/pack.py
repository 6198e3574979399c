"""Neo4j Browser with a style, favourites, a guide and a page that sets them up: one jar, in the server's home.

The server hands out the first folder ``browser/`` on its class path. The jar holds Browser's own files and, in
``browser/incahoots/``, ours, so both come from one address: nothing more runs, and a page may set up the other's
storage. The jar that was fetched stays as it is.
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
from incahoots.resources import resource

#: Where Browser is asked for our files.
FOLDER = "browser/incahoots"

#: What the address of the server stands for in favourites; the page puts it in.
_ORIGIN = "{origin}"


def files() -> dict[str, bytes]:
    """Give what can be dropped onto any Browser, or imported into Bloom, by file name."""
    return {
        "style.grass": grass.grass().encode(),
        "favourites.zip": favourites.archive(),
        "guide.html": guide.guide().encode(),
        "incahoots-perspective.json": perspective.text().encode(),
    }


def write_files(folder: Path) -> list[Path]:
    """Write what can be dropped onto any Browser, or imported into Bloom; give the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files().items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def setup(*, auth: bool) -> dict[str, Any]:
    """Give what the page sets up: settings, favourites, style, and how to prefill every query.

    Parameters
    ----------
    auth : bool
        Whether the server asks for a password, which is not in here.
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
    """Write the jar of a home whose server does not run, and give its path.

    Parameters
    ----------
    server : Path
        The assembled server, with ``lib``.
    home : Path
        Whose ``run`` folder it is written to.
    auth : bool
        Whether the server asks for a password.

    Raises
    ------
    ServerError
        The assembled server has no Browser.
    """
    found = sorted((server / "lib").glob("neo4j-browser-*.jar"))
    if len(found) != 1:
        raise ServerError(f"Neo4j Browser is not in {server / 'lib'}.", "incahoots doctor says how to mend it.")
    jar, beside = home / "run" / "browser.jar", home / "run" / "browser.jar.new"
    shutil.copyfile(found[0], beside)
    with zipfile.ZipFile(beside, "a", zipfile.ZIP_DEFLATED) as archive:
        # Without an entry of its own the server does not see a folder.
        archive.mkdir(FOLDER)
        pages = {"index.html": resource("start.html").encode(), "start.js": resource("start.js").encode()}
        prepared = {**setup(auth=auth), "pad": sealing.make_pad(home).hex()}
        for name, content in {**files(), **pages, "setup.json": json.dumps(prepared).encode()}.items():
            archive.writestr(f"{FOLDER}/{name}", content)
    beside.replace(jar)
    return jar
