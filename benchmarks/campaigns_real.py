"""What the features of campaigns tell on real posts: the parts of an operation among themselves, and beside others.

Run with ``python -m benchmarks.campaigns_real DATA``, where DATA is the folder of real posts. Only aggregates are kept.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.metrics import roc_auc_score

from incahoots import server
from incahoots.analytics.campaigns.classifiers import CLASSIFIERS
from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.features import campaign_features
from incahoots.analytics.campaigns.panel import BASELINE, CAMPAIGN, Panel
from incahoots.analytics.campaigns.protocol import evaluate, metrics
from incahoots.database import Database, connect
from incahoots.loaders.load import Operation, load

RESULTS = Path(__file__).parent / "results"

#: The operation's month.
SINCE, UNTIL = pd.Timestamp("2016-09-15", tz="UTC"), pd.Timestamp("2016-10-16", tz="UTC")

#: Days to train on, of 31.
N_DAYS = 14

#: Posts that a category has at least.
LEAST = 100

COLUMNS = ["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls"]


def load_all(data: Path, folder: Path, database: Database) -> dict[str, list[str]]:
    """Load the sets; give the populations of each."""
    month = pd.read_csv(data / "ira_538" / "ira_month_8col.csv.gz", dtype=str, keep_default_na=False)
    about = pd.read_parquet(
        data / "ira_538" / "ira_538_2016-09-15_2016-10-15.parquet", columns=["author_id", "account_category"]
    ).drop_duplicates("author_id")
    category = month["user_id"].map(about.set_index("author_id")["account_category"])
    often = category.value_counts()
    categories = sorted(often.index[often >= LEAST])
    for name in categories:
        write_and_load(month[category == name], name, folder, database, baseline=False)

    election = pd.read_csv(data / "coortweet_mit" / "german_elections.csv.gz")
    posts = election.groupby("post_id", as_index=False).first()
    # By whole weeks, so that both have a Monday on the same day.
    weeks = (int(posts["timestamp"].min()) - int(SINCE.timestamp())) // (7 * 86_400)
    tag, link = (posts[name].map("{:.0f}".format) for name in ("hashtag_id", "url_id"))
    table = pd.DataFrame({
        "message_id": posts["post_id"].map("de{:.0f}".format), "user_id": posts["account_id"],
        "username": posts["account_id"], "repost_id": "", "reply_id": "",
        "message": posts["post_id"].map("post {:.0f}".format) + (" #tag" + tag).where(posts["hashtag_id"].notna(), ""),
        "timestamp": (posts["timestamp"] - weeks * 7 * 86_400).astype(int),
        "urls": ("https://site.example/" + link).where(posts["url_id"].notna(), ""),
    })  # fmt: skip
    platform = posts["account_id"].str.split("_").str[0]
    elections = [f"election_{name}" for name in sorted(platform.unique())]
    for name in elections:
        write_and_load(table[platform == name.removeprefix("election_")], name, folder, database, baseline=True)

    archive = data / "io_archive" / "RNA_0621_tweets_csv_hashed_2019.csv.gz"
    load("io-archive", archive, database, operation=Operation("rna_2019"))
    load(
        "shares", data / "coortweet_mit" / "russian_coord_tweets.csv.gz", database,
        operation=Operation("russian_coord"),
    )  # fmt: skip
    return {"categories": categories, "elections": elections, "others": ["rna_2019", "russian_coord"]}


def write_and_load(posts: pd.DataFrame, name: str, folder: Path, database: Database, *, baseline: bool) -> None:
    """Load rows of eight columns as a population."""
    path = folder / f"{name}.csv"
    posts[COLUMNS].to_csv(path, index=False)
    load("posts", path, database, operation=Operation(name, baseline=baseline))
    path.unlink()


def relabelled(frame: pd.DataFrame, campaigns: tuple[str, ...]) -> pd.DataFrame:
    """Call these populations campaigns, and all others baselines."""
    return frame.assign(label=frame["population"].isin(campaigns).map({True: CAMPAIGN, False: BASELINE}))


def scores(frame: pd.DataFrame, tasks: dict[int, list[tuple[str, ...]]]) -> list[dict[str, Any]]:
    """Evaluate both tasks with each choice of campaigns; metrics are of all predictions together."""
    rows = []
    for task, aggregate, name in product(tasks, ("day", "week"), ("paper", "size")):
        classifier, parts = CLASSIFIERS[name], []
        for campaigns in tasks[task]:
            panel = Panel.of(relabelled(frame, campaigns), aggregate, classifier.features)
            found = evaluate(panel, classifier, task=task, ratio="2:18", n_days=N_DAYS, left_out=0)
            parts.append(found.attempts)
        every = pd.concat(parts, ignore_index=True)
        (row,) = metrics(every.assign(task=task), ["task"]).to_dict(orient="records")
        auc = roc_auc_score(every["label"], every["score"], sample_weight=every["times"])
        rows.append(row | {"aggregate": aggregate, "classifier": name, "predictions": len(every), "roc_auc": auc})
    return rows


def sizes(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Posts, accounts and nodes of each network on the median day with posts."""
    days = frame[(frame["aggregate"] == "day") & (frame["posts"] > 0)]
    columns = ["posts", "accounts", *(f"{network}_nodes" for network in NETWORKS)]
    table = days.groupby("population")[columns].median()
    table.insert(0, "days", days.groupby("population").size())
    return [{"population": name, **row} for name, row in table.to_dict(orient="index").items()]


def measure(data: Path) -> dict[str, Any]:
    """Load and evaluate."""
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as name:
        home = Path(name) / "home"
        server.start(home, bolt_port=0, http_port=0, auth=False)
        try:
            with connect(home=home) as database:
                sets = load_all(data, Path(name), database)
                both = campaign_features(
                    database, since=SINCE, until=UNTIL, only=[*sets["categories"], *sets["elections"]]
                )
                others = [campaign_features(database, only=[population]) for population in sets["others"]]
        finally:
            server.stop(home)
    names = sets["categories"]
    inside = both[both["population"].isin(names)]
    return {
        "sizes": sizes(pd.concat([both, *others], ignore_index=True)),
        "inside": scores(inside, {1: list(combinations(names, 2)), 2: list(combinations(names, 3))}),
        "beside": scores(both, {1: [tuple(names)], 2: [tuple(names)]}),
    }


def write(found: dict[str, Any], path: Path) -> None:
    """Write what was measured as .json, and as a page."""
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    lines = [
        "# Campaigns on real posts",
        "",
        "There is no set of real campaigns and real baselines here, and this is none. A month of one operation (538's "
        "posts of the Internet Research Agency, 2016-09-15 to 10-15) is split by the publisher's categories of "
        "accounts, and the posts of a German election campaign (2021, accounts that shared links and hashtags on two "
        "platforms, moved to the same days by whole weeks) are the only ordinary population at hand. There are only "
        "aggregates here.",
        "",
        "## How large networks are",
        "",
        "The median day that has posts: posts, accounts, and accounts in each network within 60 s.",
        "",
        f"| population | days | posts | accounts | {' | '.join(NETWORKS)} |",
        f"|---|---|---|---|{'---|' * len(NETWORKS)}",
        *(
            f"| {row['population']} | {row['days']} | {row['posts']:.0f} | {row['accounts']:.0f} | "
            f"{' | '.join(format(row[f'{network}_nodes'], '.0f') for network in NETWORKS)} |"
            for row in found["sizes"]
        ),
        "",
        "`russian_coord` has retweets only and no texts, the election no retweets and no texts of its own.",
        "",
        "## The operation against itself",
        "",
        "All categories are of one operation, so there is nothing true to find. Still every choice of two of them "
        "(task 1) or three (task 2) is called campaigns, the others baselines, and evaluated as in S2 at 2 : 18, with "
        "14 days to train on. What is found is how well a method knows populations again, whatever they are called. "
        "Metrics are of all predictions together; chance is a ROC AUC of .5.",
        "",
        *_table(found["inside"]),
        "## The operation beside an election campaign",
        "",
        "Categories are campaigns, the two platforms of the election baselines. Both sets were collected in different "
        "ways, which alone tells them apart: of a detector this says nothing.",
        "",
        *_table(found["beside"]),
        "Again: `python -m benchmarks.campaigns_real DATA`.",
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines))


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Rows of `scores` as lines."""
    return [
        "| task | by | classifier | predictions | ROC AUC | F1 | precision | recall |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {row['task']} | {row['aggregate']} | {row['classifier']} | {row['predictions']:,} | "
            f"{row['roc_auc']:.3f} | {row['f1']:.3f} | {row['precision']:.3f} | {row['recall']:.3f} |"
            for row in rows
        ),
        "",
    ]


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaigns_real", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of real posts")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "campaigns_real")
    arguments = parser.parse_args()
    write(measure(arguments.data), arguments.output)
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
