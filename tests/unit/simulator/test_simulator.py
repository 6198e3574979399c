"""The simulator's files: the format, the numbers asked for, and the same bytes for the same seed."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from incahoots.simulator import STATES, Simulation, simulate, simulation
from incahoots.simulator.calendar import Calendar, chunks
from tests.archives import rows_in, tweets_in

NAMES = """tweetid userid user_display_name user_screen_name user_reported_location user_profile_description
user_profile_url follower_count following_count account_creation_date account_language tweet_language tweet_text
tweet_time tweet_client_name in_reply_to_userid in_reply_to_tweetid quoted_tweet_tweetid is_retweet retweet_userid
retweet_tweetid latitude longitude quote_count reply_count like_count retweet_count hashtags urls user_mentions"""
COLUMNS = NAMES.split()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulation"), accounts=200, posts=3_000, states=3, seed=5)


@pytest.fixture(scope="module")
def manifest(made: Simulation) -> dict:
    return json.loads((made.folder / "simulation.json").read_text())


def rows_of(made: Simulation, manifest: dict, kind: str) -> dict[str, list[dict[str, str]]]:
    """The rows of each operation, in its files of one kind."""
    operations = {each["operation_id"]: each[kind] for each in manifest["operations"]}
    return {name: [row for file in files for row in rows_in(made.folder / file)] for name, files in operations.items()}


@pytest.fixture(scope="module")
def tweets(made: Simulation, manifest: dict) -> dict[str, list[dict[str, str]]]:
    return rows_of(made, manifest, "tweets")


@pytest.fixture(scope="module")
def users(made: Simulation, manifest: dict) -> dict[str, list[dict[str, str]]]:
    return rows_of(made, manifest, "users")


@pytest.fixture(scope="module")
def posts(tweets) -> list[dict[str, str]]:
    return [row for rows in tweets.values() for row in rows]


def test_the_manifest_says_what_there_is(made, manifest):
    assert {key: value for key, value in manifest.items() if key not in ("days", "operations")} == {
        "format": "io-archive", "version": 1, "seed": 5, "window_s": 60, "accounts": 200, "posts": 3_000,
        "planting": "strong",
    }  # fmt: skip
    operations = manifest["operations"]
    assert [o["operation_id"] for o in operations] == [
        "borovia_2021_1", "aurelia_2021_1", "qamaria_2021_1", "borovia_2021_2", "baseline",
    ]  # fmt: skip
    assert [o["states"] for o in operations] == [["Borovia"], ["Aurelia"], ["Qamaria"], ["Borovia"], []]
    assert [o["baseline"] for o in operations] == [False] * 4 + [True]
    assert all(o["states"][0] not in o["targets"] for o in operations[:-1])
    listed = {name for o in operations for name in o["tweets"] + o["users"]}
    assert {path.name for path in made.folder.iterdir()} == listed | {
        "truth.csv",
        "confusions.csv",
        "interactions.csv",
        "simulation.json",
    }


def test_there_are_exactly_so_many_posts_and_accounts(posts, users):
    assert len(posts) == 3_000
    assert len({row["userid"] for rows in users.values() for row in rows}) == sum(map(len, users.values())) == 200


def test_the_baseline_is_the_larger_part(users):
    assert len(users["baseline"]) == 110


def test_rows_have_the_thirty_columns_and_every_field_is_quoted(made, manifest):
    for operation in manifest["operations"]:
        for name in operation["tweets"]:
            with (made.folder / name).open(newline="", encoding="utf-8") as stream:
                rows = list(csv.reader(stream, strict=True))
            assert rows[0] == COLUMNS
            assert {len(row) for row in rows} == {30}
            text = (made.folder / name).read_text(encoding="utf-8")
            assert re.sub(r'"(?:[^"]|"")*"', "x", text) == (",".join("x" * 30) + "\n") * len(rows)


def test_accounts_are_told_alike_by_both_files(tweets, users):
    for operation, rows in tweets.items():
        known = {row["userid"]: row for row in users[operation]}
        assert all(known[row["userid"]].items() <= row.items() for row in rows)


def test_small_accounts_are_hashed_and_large_ones_named(users):
    for row in (row for rows in users.values() for row in rows):
        names = {row["userid"], row["user_screen_name"], row["user_display_name"]}
        if int(row["follower_count"]) < 5_000:
            assert len(names) == 1
            assert re.fullmatch(r"[A-Za-z0-9+]{43}=", row["userid"])
        else:
            assert len(names) == 3
            assert row["userid"].isdigit()


def test_ids_are_unique_large_and_grow_with_time(tweets, posts):
    ids = [int(row["tweetid"]) for row in posts]
    outside = {row[c] for row in posts for c in ("retweet_tweetid", "in_reply_to_tweetid", "quoted_tweet_tweetid")} - {
        ""
    }
    assert len(set(ids)) == len(ids)
    assert min(ids) > 2**53
    assert all(re.fullmatch(r"[0-9]{19}", number) for number in outside)
    for rows in tweets.values():
        assert all(
            a["tweet_time"] <= b["tweet_time"] and int(a["tweetid"]) < int(b["tweetid"]) for a, b in pairwise(rows)
        )


def test_an_outside_tweet_id_has_one_author_and_one_text(posts):
    known = {row["tweetid"] for row in posts}
    texts: dict[str, set[str]] = {}
    for row in posts:
        if row["is_retweet"] == "True" and row["retweet_tweetid"] not in known:
            texts.setdefault(row["retweet_tweetid"], set()).add(row["tweet_text"])
    assert {len(forms) for forms in texts.values()} == {1}


def test_a_retweet_has_the_traces_of_its_source(posts):
    source = {row["tweetid"]: row for row in posts}
    pairs = [(row, source[row["retweet_tweetid"]]) for row in posts if row["retweet_tweetid"] in source]
    assert len(pairs) > 20
    for row, original in pairs:
        assert row["tweet_text"] == f"RT @{original['user_screen_name']}: {original['tweet_text']}"
        assert (row["hashtags"], row["urls"]) == (original["hashtags"], original["urls"])
        assert row["retweet_userid"] == original["userid"]
        assert original["tweet_time"] < row["tweet_time"]


def test_values_are_written_as_the_publisher_writes_them(posts):
    assert {row["is_retweet"] for row in posts} == {"True", "False"}
    assert {row["latitude"] for row in posts} == {row["longitude"] for row in posts} == {"absent"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["tweet_time"]) for row in posts)
    one = r"'[^']+'"
    for column, most in (("hashtags", 3), ("urls", 1), ("user_mentions", 2)):
        form = re.compile(rf"\[({one}(, {one}){{0,{most - 1}}})?\]")
        assert all(form.fullmatch(row[column]) for row in posts)
        assert len({row[column] for row in posts}) > 50


def test_addresses_are_reserved_ones(posts):
    hosts = {
        re.match(r"https?://([^/]+)/", url, re.I)[1] for row in posts for url in re.findall(r"'([^']+)'", row["urls"])
    }
    assert all(host.lower().endswith(".example") for host in hosts)


def test_some_texts_are_hostile(posts):
    everything = [row["tweet_text"] for row in posts]
    for hostile in ('"', "\n", ",", "=1+1", "<script>", "🌾", "\u202e", "'; MATCH", "\\N"):
        assert any(hostile in text for text in everything), hostile
    assert any(text.startswith("=1+1") for text in everything)


def test_states_write_their_languages(tweets):
    spoken = {
        name: {row["tweet_language"] for row in rows if row["is_retweet"] == "False"} for name, rows in tweets.items()
    }
    assert spoken["borovia_2021_1"] == {"ru", "en"}
    assert spoken["baseline"] == {"ru", "es", "ar", "en"}


def test_the_same_seed_gives_the_same_bytes(made, tmp_path):
    again = simulate(tmp_path / "again", accounts=200, posts=3_000, states=3, seed=5)
    other = simulate(tmp_path / "other", accounts=200, posts=3_000, states=3, seed=6)
    for path in made.folder.iterdir():
        assert (again.folder / path.name).read_bytes() == path.read_bytes()
    name = "baseline_tweets_csv_hashed.csv"
    assert (other.folder / name).read_bytes() != (made.folder / name).read_bytes()


def test_many_chunks_hold_as_much_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(simulation, "CHUNK", 400)
    seen: list[float] = []
    result = simulate(
        tmp_path, accounts=200, posts=3_000, states=3, seed=5, progress=lambda _, done, __=None: seen.append(done)
    )
    rows = tweets_in(tmp_path)
    assert len(rows) == len({row["tweetid"] for row in rows}) == 3_000
    assert len(seen) > 5
    assert seen[-1] == 3_000
    assert len(rows_in(tmp_path / "interactions.csv")) == result.interactions


@pytest.mark.parametrize("states", [1, 2, 4, len(STATES)])
def test_any_number_of_states(tmp_path, states):
    result = simulate(tmp_path, accounts=400, posts=2_000, states=states)
    assert result.operations == states + {1: 0, 2: 1, 4: 2, 12: 2}[states]
    assert result.groups >= 12
    assert len(tweets_in(tmp_path)) == 2_000


def test_density_does_not_change_with_size():
    rng = np.random.default_rng(0)
    assert [Calendar.plan(n, None, rng).n_days for n in (3_000, 200_000, 250_000, 2_000_000)] == [10, 10, 13, 100]
    assert Calendar.plan(10_000_000, None, rng).event.mean() == 0.1
    assert Calendar.plan(3_000, 4, rng).n_days == 4


def test_event_days_are_four_times_as_busy():
    calendar = Calendar.plan(3_000, 20, np.random.default_rng(0))
    by_day = calendar.hourly(3).reshape(20, 24).sum(axis=1)
    assert by_day[calendar.event] / by_day[~calendar.event].min() == pytest.approx([4.0, 4.0])


def test_chunks_cover_every_hour_once():
    assert list(chunks(np.array([3, 3, 9, 1, 1, 1]), 6)) == [(0, 2), (2, 3), (3, 6)]


def test_posts_follow_the_hours_of_their_state(tweets):
    hours = Counter((datetime.fromisoformat(row["tweet_time"]).hour - 5) % 24 for row in tweets["aurelia_2021_1"])
    assert sum(hours[hour] for hour in range(16, 22)) > 3 * sum(hours[hour] for hour in range(2, 8))
