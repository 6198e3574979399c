"""How far a bulk import is, by lines as the tool prints them."""

from __future__ import annotations

from incahoots.server.import_progress import ImportProgress

LINES = (
    "  Max worker threads: 4",
    "Nodes, started 2026-11-23 22:01:07.543+0000",
    "[*Nodes:0B/s 1.004GiB--------------------]70.0K ∆70.0K",
    "[*Nodes:0B/s 1.004GiB--------------------] 170K ∆ 100K",
    "Done in 4s 73ms",
    "Prepare node index, started 2026-11-23 22:01:11.670+0000",
    "[*:1.004GiB------------------------------] 540K ∆ 540K",
    "Relationships, started 2026-11-23 22:01:12.311+0000",
    "[*Relationships:0B/s 1.004GiB------------]1.25M ∆1.25M",
    # Java writes so where the locale has no such letter.
    "[*Relationships:0B/s 1.004GiB------------]1.43M ?180K",
    "Node Degrees, started 2026-11-23 22:01:14.827+0000",
    "[*>--------|CALCULATE:1022MiB------------] 360K ∆ 360K",
    "Relationship --> Relationship 1-10/10, started 2026-11-23 22:01:15.118+0000",
    "IMPORT DONE in 13s 935ms. ",
)


def told(records: int | None, lines: tuple[str, ...] = LINES) -> list[tuple[str, float, float | None]]:
    found: list[tuple[str, float, float | None]] = []
    progress = ImportProgress(lambda what, done, total=None: found.append((what, done, total)), records)
    for line in lines:
        progress.told(line)
    progress.over()
    return found


def test_nodes_and_relationships_are_counted_and_then_linked() -> None:
    assert told(1_599_000) == [
        ("importing records", 0, 1_599_000),
        ("importing records", 70_000, 1_599_000),
        ("importing records", 170_000, 1_599_000),
        ("importing records", 1_420_000, 1_599_000),
        ("importing records", 1_600_000, 1_600_001),
        ("importing records", 1_600_000, 1_600_000),
        ("linking records", 0, 1_600_000),
        ("importing records", 1_600_000, 1_600_000),
        ("linking records", 1_600_000, 1_600_000),
    ]


def test_where_nobody_knows_how_many_there_are_none_is_the_total() -> None:
    assert [total for what, _, total in told(None) if what == "importing records"][:4] == [None] * 4


def test_a_tool_that_says_nothing_ends_too() -> None:
    assert told(100, ()) == [
        ("importing records", 0, 100), ("importing records", 0, 0), ("linking records", 0, 0),
    ]  # fmt: skip
