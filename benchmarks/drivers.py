"""How well planted drivers of simulated bilingual operations are found: each network, in each language.

Run with ``python -m benchmarks.drivers``. It takes five minutes, and is not part of ``make bench``, as it measures no
speed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from incahoots import server
from incahoots.analytics.campaigns.protocol import interval
from incahoots.analytics.drivers.fusion import drivers
from incahoots.analytics.drivers.options import SHARES, TRACES, DriverSettings
from incahoots.analytics.drivers.posts import fetch_material
from incahoots.analytics.drivers.trace_networks import networks
from incahoots.database import connect
from incahoots.loaders.load import load
from incahoots.simulator.bilingual import simulate_bilingual

RESULTS = Path(__file__).parent / "results"

LANGUAGES = ("en", "es")


def measure(seeds: int, accounts: int) -> pd.DataFrame:
    """Simulate, load and look for drivers: a row a seed, language and network."""
    rows: list[dict[str, Any]] = []
    settings = DriverSettings(TRACES)
    for seed in range(seeds):
        with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as folder:
            discussion, home = Path(folder) / "discussion", Path(folder) / "home"
            simulate_bilingual(discussion, accounts=accounts, seed=seed)
            truth = pd.read_csv(discussion / "truth.csv")
            server.start(home, bolt_port=0, http_port=0, auth=False)
            try:
                load("io-archive", discussion, home=home, bulk=True)
                with connect(home=home) as database:
                    material = fetch_material(database)
            finally:
                server.stop(home)
        planted = truth[truth["kind"] == "driver"]
        for language in LANGUAGES:
            # Who may be found in a language: its own drivers, and those of the other that post in it too.
            there = set(planted.loc[(planted["language"] == language) | planted["bilingual"], "account_id"])
            found = networks(material.of(language), language, settings)
            for name, edges in (found.traces | found.strategies).items():
                ranked = drivers(edges, 1.0)["account_id"]
                row = {"seed": seed, "language": language, "network": name, "accounts": len(ranked)}
                for cut, top in (("share", drivers(edges, SHARES[language])["account_id"]),
                                 ("planted", ranked.head(len(there)))):  # fmt: skip
                    hits = top.isin(there).sum()
                    row |= {f"precision_{cut}": hits / max(len(top), 1), f"recall_{cut}": hits / len(there)}
                rows.append(row)
        print(f"seed {seed} done", flush=True)
    return pd.DataFrame(rows)


def write(table: pd.DataFrame, path: Path, accounts: int) -> None:
    """Write what was measured as .json, and as a page."""
    path.with_suffix(".json").write_text(json.dumps(table.to_dict(orient="records"), indent=1) + "\n")
    seeds = table["seed"].nunique()
    lines = [
        "# Drivers of bilingual operations",
        "",
        f"{seeds} simulated discussions (`incahoots drivers simulate`, seeds 0 to {seeds - 1}), {accounts} accounts of "
        "each language; of these 25 are drivers, each with two of three tactics, and 40 fans of the same hashtags. "
        "Means and 95 % intervals over discussions (Student's t), lexical texts; fused are all four single traces.",
        "",
        "By centrality, in two ways: the most central accounts by S4's share (3 % in English, 5 % in Spanish) of the "
        "network, and as many as there are drivers. Precision and recall of the second are nearly one number, and "
        "differ where a network has fewer accounts. Drivers of the other language who post in this one too are to be "
        "found in both.",
        "",
        "| language | network | accounts | precision, S4's share | recall, S4's share | precision, as many "
        "| recall, as many |",
        "|---|---|---|---|---|---|---|",
    ]
    for (language, network), rows in table.groupby(["language", "network"], sort=False):
        cells = [
            _cell(rows[name].to_numpy())
            for name in ("precision_share", "recall_share", "precision_planted", "recall_planted")
        ]
        lines.append(f"| {language} | {network} | {rows['accounts'].mean():.0f} | {' | '.join(cells)} |")
    lines += ["", "Recall, as many, of the fused network less that of the best single trace of each discussion:", ""]
    for language, rows in table.groupby("language", sort=False):
        wide = rows.pivot(index="seed", columns="network", values="recall_planted")
        best = wide[list(TRACES)].max(axis=1)
        lines.append(f"- {language}: {_cell((wide['fused'] - best).to_numpy(), _SIGNED)}")
    lines += ["", "Again: `python -m benchmarks.drivers`.", ""]
    path.with_suffix(".md").write_text("\n".join(lines))


def _cell(values: np.ndarray, form: str = ".3f") -> str:
    """A mean and its interval."""
    mean, low, high = interval(values.astype(float))
    if form != _SIGNED:
        # Of a share, whatever Student's t says of a few discussions.
        low, high = max(low, 0.0), min(high, 1.0)
    return f"{mean:{form}} ({low:{form}}, {high:{form}})"


#: A difference shows its sign, and may be below 0.
_SIGNED = "+.3f"


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drivers", description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "drivers")
    arguments = parser.parse_args()
    write(measure(arguments.seeds, arguments.accounts), arguments.output, arguments.accounts)
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
