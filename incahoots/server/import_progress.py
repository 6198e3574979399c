"""Progress of a bulk import, from the output of Neo4j's tool."""

from __future__ import annotations

import re

from incahoots.progress import Progress

IMPORTING, LINKING = "importing records", "linking records"

#: Number of records done in a stage: ``] 70.0K``, ``]1.25M``, followed by the number since the last line.
_COUNT = re.compile(r"\]\s*([\d.]+)([KMG]?)\s*\S")
_TIMES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}


class ImportProgress:
    """Reports the import of nodes, then of relationships, which takes most of the time, then their linking.

    Parameters
    ----------
    progress : callable
        Called during the import.
    records : int, optional
        Number of nodes and relationships; None if unknown.
    """

    def __init__(self, progress: Progress, records: int | None) -> None:
        self._report, self._records = progress, records
        self._stage = ""
        self._before = self._done = 0
        progress(IMPORTING, 0, records)

    def told(self, line: str) -> None:
        """Process a line of output: the beginning of a stage, or its progress."""
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
            # The number has three digits, so it may exceed the total.
            self._report(IMPORTING, self._done, self._records and max(self._records, self._done + 1))

    def over(self) -> None:
        """Report the end of all stages."""
        for step in (IMPORTING, LINKING):
            self._report(step, self._done, self._done)
