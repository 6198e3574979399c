"""How far a bulk import is, by what Neo4j's tool prints."""

from __future__ import annotations

import re

from incahoots.progress import Report

IMPORTING, LINKING = "importing records", "linking records"

#: How many records of a stage are done with: ``] 70.0K``, ``]1.25M``, and how many more since the last time.
_COUNT = re.compile(r"\]\s*([\d.]+)([KMG]?)\s*\S")
_TIMES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}


class ImportProgress:
    """Nodes are imported first, then relationships, which takes nearly all of the time; then they are linked.

    Parameters
    ----------
    report : callable
        Told of the progress.
    records : int, optional
        How many nodes and relationships there are; None where nobody knows.
    """

    def __init__(self, report: Report, records: int | None) -> None:
        self._report, self._records = report, records
        self._stage = ""
        self._before = self._done = 0
        report(IMPORTING, 0, records)

    def told(self, line: str) -> None:
        """Take a line: a stage that begins, or how far one is."""
        stage, begins, _ = line.partition(", started")
        if begins:
            if stage == "Relationships":
                self._before = self._done
            elif self._stage == "Relationships":
                self._report(IMPORTING, self._done, self._done)
                self._report(LINKING, 0, self._done)
            self._stage = stage
        elif self._stage in ("Nodes", "Relationships") and (count := _COUNT.search(line)):
            self._done = self._before + int(float(count[1]) * _TIMES[count[2]])
            # It prints three digits, which may be more than there are.
            self._report(IMPORTING, self._done, self._records and max(self._records, self._done + 1))

    def over(self) -> None:
        """Say that all of it is done."""
        for step in (IMPORTING, LINKING):
            self._report(step, self._done, self._done)
