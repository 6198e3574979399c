"""Every real file loads, no row is lost, and loading it again changes nothing."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from incahoots.database import Database
from incahoots.errors import InputError
from incahoots.loaders.bulk import Import
from incahoots.loaders.counts import Counts
from incahoots.loaders.load import load
from incahoots.loaders.sources import rows_of
from tests.checksum import checksum

pytestmark = pytest.mark.real_data

USERS = {"spain_082019": 259, "catalonia_201906_1": 129, "china_082019_1": 744}
#: Files of which no line is a post or an account, and one with a line that is an error message.
WITHOUT_POSTS = {"counts": 169, "lists": 6, "tweets_compliance": 2, "users_compliance": 2}
WITH_AN_ERROR = {"streaming_output_with_error": 1}


def test_archives(graph: Database, real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "io_archive"
    users = [folder / f"{name}_users_csv_hashed.csv" for name in USERS]
    tweets = [
        folder / name
        for name in (
            "RNA_0621_tweets_csv_hashed_2019.csv.gz", "russia_201901_1_slice.csv",
            "russia_201901_1_slice_TRUNCATED.csv",
        )
    ]  # fmt: skip
    rejects = tmp_path / "rejects.jsonl"
    loaded = load("io-archive", [*tweets, *users], graph, rejects=rejects)
    by_file = [loaded.files[str(path)] for path in (*tweets, *users)]
    assert by_file == [
        Counts(rows_read=4_609, loaded=4_609),
        Counts(rows_read=407, loaded=407),
        Counts(rows_read=408, duplicates=407, rejected=1),
        *(Counts(rows_read=n, loaded=n) for n in USERS.values()),
    ]
    (reject,) = map(orjson.loads, rejects.read_bytes().splitlines())
    assert (reject["file"], reject["reason"], len(reject["sha256"])) == (str(tweets[2]), "unterminated_quote", 64)
    once = checksum(graph)
    again = load("io-archive", [*users, *tweets], graph, rejects=rejects, force=True).counts
    assert again == Counts(rows_read=6_556, duplicates=6_555, rejected=1)
    assert checksum(graph) == once


def test_ids_that_a_spreadsheet_damaged_are_refused(graph: Database, real_data: Path) -> None:
    with pytest.raises(InputError, match="18 rows whose ids were damaged by a spreadsheet"):
        load("io-archive", real_data / "io_archive" / "RNA_sample_EXCEL_DAMAGED_ids.csv", graph)
    assert graph.is_empty()


def test_x_api_files(graph: Database, real_data: Path, tmp_path: Path) -> None:
    files = sorted((real_data / "xapi_v2_mit").rglob("*.jsonl.gz"))
    assert len(files) == 28
    loaded = load("twitter-v2", files, graph, max_rejects=1, rejects=tmp_path / "rejects.jsonl")
    assert loaded.counts == Counts(
        rows_read=5_166, loaded=3_756, duplicates=1_230, duplicates_differing=287, rejected=180
    )
    rejected = {Path(name).name.partition(".")[0]: counts.rejected for name, counts in loaded.files.items()}
    assert {name: n for name, n in rejected.items() if n} == WITHOUT_POSTS | WITH_AN_ERROR
    for path in files:
        name = path.name.partition(".")[0]
        if name in WITHOUT_POSTS | WITH_AN_ERROR:
            with pytest.raises(InputError, match=r"rows of .* are invalid"):
                load("twitter-v2", path, graph, rejects=tmp_path / "one.jsonl", force=True)


def test_a_month_in_eight_columns(real_data: Path, tmp_path: Path) -> None:
    files = Import(tmp_path)
    total = Counts()
    for rows in rows_of("posts", real_data / "ira_538" / "ira_month_8col.csv.gz"):
        counts, _, put_aside = files.add(rows, None)
        assert put_aside is None
        total += counts
    assert total == Counts(rows_read=115_918, loaded=115_918)
    nodes, relationships = files.finish()
    assert set(nodes) == {"Account", "Tweet", "Hashtag", "Url", "Domain"}
    lines = {kind: paths[1].read_bytes().count(b"\n") for kind, paths in relationships.items()}
    assert (lines["POSTED"], lines["RETWEETS"]) == (115_918, 82_202)
