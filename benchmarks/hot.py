"""One hashtag in every post: whether the time of co_hashtag grows with its posts or with their square."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

from benchmarks.ours import derive, load
from incahoots import server

#: Posts an hour, at every size.
AN_HOUR = 600


def measure(n_posts: int, folder: Path, times: int) -> dict[str, Any]:
    """Derive co_hashtag from posts that all carry one hashtag, at a rate that does not depend on their number."""
    random.seed(n_posts)
    file, home = folder / "hot.csv", folder / "hot-home"
    with file.open("w", encoding="utf-8") as out:
        out.write("message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n")
        for number in range(n_posts):
            second = 1_600_000_000 + random.randrange(n_posts * 3600 // AN_HOUR)
            account = random.randrange(n_posts // 20)
            out.write(f"{10**15 + number},{account},{account},,,post {number} #hot,{second},\n")
    try:
        load(file, "posts", home)
        return {"posts": n_posts} | derive(home, "co_hashtag", times)
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        file.unlink()
