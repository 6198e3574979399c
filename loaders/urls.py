"""Normalise URLs, so that posts of the same link match, and find their domains.

The rules are those of browsers (WHATWG: lower-case host, default port, dot segments, punycode), and in addition:
``http`` becomes ``https``; the fragment is removed (except ``#!``, which names a page), and so are a dot at the end of
the host and the parameters in ``trackers.txt``. Other parameters keep their order, and the path its case. Links are
never opened.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path

import ada_url
import polars as pl
import tldextract

#: Longer URLs are replaced by their hash: the database cannot index more than about 8 kB.
MAX_URL_BYTES = 7_500
_TRACKERS = Path(__file__).with_name("trackers.txt")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}\.?(?::\d+)?(?:[/?#]|$)")
#: URLs that need no parser: host and path of plain characters, no query, no segment that begins with a dot.
_PLAIN = r"^https?://((?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*)(/?)$"
_HOST = r"^https://(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/:?#@\[\]\s]+)(?:[/:?#]|$)"


def normalise(url: str) -> str:
    """Normalise a URL.

    Parameters
    ----------
    url : str
        Without a scheme (``www.example.org/a``), ``https`` is added.

    Returns
    -------
    str
        The normalised URL; anything else is only stripped of white space. Above 7,500 bytes: ``sha256:`` and the hash.

    Examples
    --------
    >>> normalise("HTTP://News.Example.org:80/a/../B?utm_source=x&id=7#top")
    'https://news.example.org/B?id=7'
    """
    return _keyed(_spelled(url))


def domain(url: str) -> str | None:
    """Return the registered domain of a URL, or the host if it has none; None if it is not a web address.

    Examples
    --------
    >>> domain("https://www.news.example.co.uk/a")
    'example.co.uk'
    """
    found: str | None = domains(pl.Series([url])).item()
    return found


def normalise_all(urls: pl.Series) -> pl.Series:
    """Normalise many URLs; null stays null."""
    return _joined(urls, "url")


def domains(urls: pl.Series) -> pl.Series:
    """Return the domains of many URLs."""
    return _joined(urls, "domain")


def url_table(urls: pl.Series) -> pl.DataFrame:
    """Return each distinct URL, with its normal form and its domain.

    Parameters
    ----------
    urls : pl.Series of str
        URLs.

    Returns
    -------
    pl.DataFrame
        Columns ``raw``, ``url`` and ``domain``.
    """
    raw = urls.drop_nulls().unique(maintain_order=True)
    spelled = _spelled_all(raw)
    hosts = spelled.str.extract(_HOST, 1)
    names = hosts.drop_nulls().unique()
    registered = [_registered(host) for host in names]
    table = pl.DataFrame({"raw": raw, "url": spelled, "host": hosts}).with_columns(
        domain=pl.col("host").replace_strict(names, registered, default=None, return_dtype=pl.String())
    )
    return table.select("raw", "url", "domain").with_columns(url=keyed_all(spelled))


def keyed_all(urls: pl.Series) -> pl.Series:
    """Replace URLs that are too long for an index by their hash."""
    long = (urls.str.len_bytes() > MAX_URL_BYTES).arg_true()
    return urls.scatter(long, pl.Series([_keyed(url) for url in urls.gather(long)])) if len(long) else urls


def _joined(urls: pl.Series, column: str) -> pl.Series:
    """Return a column of the table for each URL of a series."""
    table = url_table(urls)
    frame = urls.alias("raw").to_frame().join(table, on="raw", how="left", maintain_order="left")
    return frame[column].alias(urls.name)


def _keyed(url: str) -> str:
    """Return a URL, or its hash if it is too long."""
    if len(url) * 4 <= MAX_URL_BYTES:
        return url
    data = url.encode()
    return url if len(data) <= MAX_URL_BYTES else "sha256:" + hashlib.sha256(data).hexdigest()


def _spelled_all(urls: pl.Series) -> pl.Series:
    """Normalise many URLs, none null; most are plain and need no parser."""
    parts = urls.str.extract_groups(_PLAIN).struct.unnest()
    rest = parts["1"]
    slash = pl.when(pl.col("2") != "").then(pl.col("2")).when(~pl.col("1").str.contains("/")).then(pl.lit("/"))
    spelled = parts.select("https://" + pl.col("1") + slash.otherwise(pl.lit(""))).to_series()
    odd = (rest.is_null() | rest.str.contains("xn--", literal=True)).arg_true()
    return spelled.scatter(odd, pl.Series([_spelled(url) for url in urls.gather(odd)], dtype=pl.String()))


def _spelled(url: str) -> str:
    """Normalise a URL of any length."""
    text = url.strip()
    if text.startswith("//"):
        text = "https:" + text
    elif not text[:8].lower().startswith(("http://", "https://")):
        if not _BARE_HOST.match(text):
            return text
        text = "https://" + text
    try:
        href = ada_url.normalize_url(text)
    except ValueError:
        return text
    secure = href.startswith("https")
    rest, _, fragment = href[8 if secure else 7 :].partition("#")
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    if not secure:
        host = host.removesuffix(":443")
    if host.endswith(".") or ".:" in host:
        name, colon, port = host.partition(":")
        host = name.rstrip(".") + colon + port
    if query:
        query = _without_trackers(query, host)
    spelled = f"https://{host}/{path}"
    if query:
        spelled += "?" + query
    return f"{spelled}#{fragment}" if fragment.startswith("!") else spelled


def _without_trackers(query: str, host: str) -> str:
    """Return the parameters of a query that are not trackers."""
    names, prefixes, limited = _trackers()
    kept = []
    for parameter in query.split("&"):
        name = parameter.partition("=")[0].lower()
        if not name or name in names or name.startswith(prefixes):
            continue
        if any(_has_name(name, limit) and _on_site(host, sites) for limit, sites in limited):
            continue
        kept.append(parameter)
    return "&".join(kept)


def _has_name(name: str, entry: str) -> bool:
    """Whether an entry of the list matches a parameter."""
    return name.startswith(entry[:-1]) if entry.endswith("*") else name == entry


def _on_site(host: str, sites: tuple[str, ...]) -> bool:
    """Whether a host is one of the sites or a subdomain."""
    return any(host == site or host.endswith("." + site) for site in sites)


@cache
def _trackers() -> tuple[frozenset[str], tuple[str, ...], list[tuple[str, tuple[str, ...]]]]:
    """Read the list: names, prefixes of names, and names for certain hosts."""
    lines = [line.split() for line in _TRACKERS.read_text(encoding="utf-8").splitlines()]
    entries = [line for line in lines if line and not line[0].startswith("#")]
    everywhere = [name for name, *sites in entries if not sites]
    names = frozenset(name for name in everywhere if not name.endswith("*"))
    prefixes = tuple(name[:-1] for name in everywhere if name.endswith("*"))
    return names, prefixes, [(name, tuple(sites)) for name, *sites in entries if sites]


@cache
def _extractor() -> tldextract.TLDExtract:
    """Return the public suffix list of the package; nothing is downloaded."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=100_000)
def _registered(host: str) -> str:
    """Return the registered domain of a host, or the host if it has none (addresses, single names)."""
    return _extractor()(host).top_domain_under_public_suffix or host
