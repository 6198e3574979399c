"""Measure loading and deriving, beside the toolkit on the same posts, and how it grows.

Run with ``make bench``, or ``python -m benchmarks --posts 1000000``; see README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from benchmarks import campaigns, hot, influence, interstate, ours, page, peer, report, similar_accounts, similarity
from incahoots.simulator import simulate

#: Posts to an account, as in the simulator's default.
POSTS_AN_ACCOUNT = 20


def measure(posts: int, folder: Path, *, with_peer: bool, behaviours: list[str], times: int) -> dict[str, object]:
    """Simulate so many posts, and measure both ways on them."""
    simulation = folder / f"posts-{posts}"
    simulate(simulation, posts=posts, accounts=posts // POSTS_AN_ACCOUNT)
    found: dict[str, object] = {"posts": posts, "accounts": posts // POSTS_AN_ACCOUNT}
    if with_peer:
        # The two take turns, never at once.
        found["peer"] = peer.measure(simulation, folder, times)
    found["ours"] = ours.measure(simulation, folder, behaviours, times, every_kind=with_peer)
    shutil.rmtree(simulation)
    return found


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000, help="posts of the comparison")
    parser.add_argument(
        "--growth",
        type=int,
        nargs="*",
        default=[250_000, 2_000_000],
        help="further numbers of posts, measured without the toolkit",
    )
    parser.add_argument("--hot", type=int, nargs="*", default=[100_000, 200_000, 400_000], help="posts of one hashtag")
    parser.add_argument("--behaviours", nargs="*", default=list(ours.BEHAVIOURS))
    parser.add_argument(
        "--times", type=int, default=5, help="calls of each network, as long as they take under a minute"
    )
    parser.add_argument("--similar", type=int, default=200_000, help="posts whose texts are compared; 0 for none")
    parser.add_argument(
        "--similar-accounts", type=int, nargs="*", default=list(similar_accounts.SIZES), help="accounts compared"
    )
    parser.add_argument("--interstate", type=int, default=1_000_000, help="posts of ten states; 0 for none")
    parser.add_argument("--report", type=int, default=1_000_000, help="posts of the report; 0 for none")
    parser.add_argument("--influence", type=int, default=influence.POSTS, help="posts of influence; 0 for none")
    parser.add_argument("--campaigns", type=float, nargs="*", default=list(campaigns.SCALES), help="sizes of campaigns")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "results" / "coordination")
    arguments = parser.parse_args()
    options = {"behaviours": arguments.behaviours, "times": arguments.times}
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as name:
        folder = Path(name)
        results = [measure(arguments.posts, folder, with_peer=True, **options)]
        print(json.dumps(results[-1]), flush=True)
        for posts in arguments.growth:
            results.append(measure(posts, folder, with_peer=False, **options))
            print(json.dumps(results[-1]), flush=True)
        if arguments.similar:
            found = similarity.measure(arguments.similar, folder, min(arguments.times, 3))
            similarity.write(found, arguments.output.with_name("similarity"))
        if arguments.similar_accounts:
            found = similar_accounts.measure(arguments.similar_accounts)
            similar_accounts.write(found, arguments.output.with_name("similar_accounts"))
        if arguments.interstate:
            found = interstate.measure(arguments.interstate, folder)
            interstate.write(found, arguments.output.with_name("interstate"))
        if arguments.report:
            page.write(page.measure(arguments.report, folder), arguments.output.with_name("report"))
        if arguments.influence:
            found = influence.measure(influence.ACCOUNTS, arguments.influence, influence.ENTITIES, folder)
            influence.write(found, arguments.output.with_name("influence"))
        if arguments.campaigns:
            campaigns.write(campaigns.measure(arguments.campaigns, folder), arguments.output.with_name("campaigns"))
        hot_results = [hot.measure(posts, folder, arguments.times) for posts in arguments.hot]
    report.write(results, hot_results, arguments.output)
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
