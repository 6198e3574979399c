"""Keys of texts that 0.1.0 wrote are made anew: all of them, wherever that is interrupted."""

from __future__ import annotations

import pytest

from incahoots.database import Database
from incahoots.loaders.renewal import renew_text_keys
from tests.checksum import checksum


def test_renewing_that_is_interrupted_goes_on(old: Database, new: str) -> None:
    def interrupted(what: str, done: float, total: float | None = None) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        renew_text_keys(old, interrupted, batch=4)
    assert renew_text_keys(old, batch=4) == 9 - 4
    assert checksum(old) == new
    assert renew_text_keys(old) == 0


def test_a_post_whose_text_is_gone_keeps_its_key(old: Database) -> None:
    keys = "MATCH ()-[r:POSTED]->(:Tweet {tweet_id: 'url'}) RETURN r.text_key AS one, r.text_key_no_url AS other"
    (before,) = old.run(keys).to_numpy().tolist()
    old.run("MATCH (t:Tweet {tweet_id: 'url'}) REMOVE t.text")
    renew_text_keys(old)
    assert old.run(keys).to_numpy().tolist() == [[f"2:{key}" for key in before]]
