"""Finds handles, addresses, and links to accounts and posts, whether the account is in the database or not.

All patterns expect text as `incahoots.analytics.report.plain.Plain` gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Hosts on which, and on whose subdomains, every link leads to an account or to a post, whose page names its author;
#: `_KEPT` has the exceptions. Mirrors and link shorteners come last. Hosts with a backslash are patterns.
_PLATFORMS = (
    "twitter.com", "x.com", "facebook.com", "fb.com", "messenger.com", "instagram.com", "threads.net", "threads.com",
    "t.me", "telegram.me", "telegram.dog", "telesco.pe", "bsky.app", "vk.com", "vk.ru", "vkontakte.ru", "ok.ru",
    "odnoklassniki.ru", "linkedin.com", "github.com", "gab.com", "gab.ai", "truthsocial.com", "parler.com",
    "gettr.com", "minds.com", "mewe.com", "koo.app", "kooapp.com", "snapchat.com", "whatsapp.com", "wa.me", "signal.me",
    "weibo.com", "weibo.cn", "douyin.com", "tiktok.com", "twitch.tv", "discord.gg", "discord.com", "patreon.com",
    "onlyfans.com", "soundcloud.com", "flickr.com", "deviantart.com", "quora.com", "bitchute.com", "tumblr.com",
    "linktr.ee", "about.me", "ko-fi.com", "paypal.me", "cash.app", "venmo.com", "keybase.io", "line.me",
    r"pinterest\.(?:com?\.)?[a-z]{2,3}", "space.bilibili.com",
    r"nitter\.[a-z0-9.-]{2,60}", "twstalker.com", "xcancel.com", "twiiit.com", "fxtwitter.com", "vxtwitter.com",
    "fixupx.com", "fixvx.com", "threadreaderapp.com", "ddinstagram.com",
    "fb.me", "fb.watch", "m.me", "ig.me", "instagr.am", "pin.it", "lnkd.in", "redd.it", "vk.cc",
)  # fmt: skip

#: Hosts whose subdomains belong to persons.
_HOMES = (
    "bsky.social", "tumblr.com", "medium.com", "substack.com", "livejournal.com", "github.io", "gitlab.io",
    "wordpress.com", r"blogspot\.(?:com?\.)?[a-z]{2,3}", "deviantart.com", "carrd.co",
)  # fmt: skip

#: Subdomains that do not belong to a person.
_NOBODYS = r"(?:www|m|mobile|assets|media|\d+)"

#: What may follow a platform's host without naming an account.
_KEPT = re.compile(r"(?:hashtag|explore/tags)/\w+/?(?![\w/?&#])|[-.,;:!?)\]}'\"*…]*$")

#: Parts of a path, on any host, that are followed by an account.
_PARTS = "u|user|users|profile|profiles|member|members|account|accounts"

#: Parameters of a link, on any host, that name an account or a post.
_PARAMETERS = (
    "user_?id|uid|user|user_?name|screen_?name|via|related|profile_?id|account|account_?id|handle|member|author_?id|"
    "ab_channel|in_reply_to(?:_status_id)?|status_?id|tweet_?id|story_fbid|fbid|phone|e?mail"
)

#: The beginning of a host name, with its subdomains.
_HOST = r"(?<![\w.@-])(?:[\w-]{1,63}\.){0,6}"

#: The end of a host name.
_ENDS = r"(?![\w-]|\.[a-z])"

#: A character of a link: not white space, and not a quote or bracket around the link.
_REST = r"[^\s<>\"“”«»「」『』（）\\^`{|}]"


def _either(hosts: tuple[str, ...]) -> str:
    """A pattern that matches any of several hosts."""
    return "|".join(host if "\\" in host else re.escape(host) for host in hosts)


#: Patterns by name; the first one that matches at a place counts. A group ``…_rest`` is the part that is replaced.
_PATTERNS = {
    "address": r"(?:mailto:)?[\w.+%-]{0,64}[\w+-]@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.[^\W\d_][\w-]{1,62}",
    "called": r"(?:tel|sms|facetime|whatsapp|viber|signal|sgnl|line|weixin)://[^\s<>\"]+",
    "contact": r"(?<![\w-])(?:skype|sip|sips|xmpp|jabber):[^\s<>\"]+",
    "did": r"(?:at://)?did:(?:plc|web|key):[\w.:%-]+(?:/[\w./-]+)?|at://[^\s<>\"]+",
    "deep": rf"(?:tg|twitter|fb|instagram|vk|snssdk\d{{0,6}}|vnd\.youtube)://{_REST}+",
    "home": rf"(?<![\w.-])(?!(?:{_NOBODYS}\.)+(?:{_either(_HOMES)}){_ENDS})"
    rf"(?P<home_name>[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,3}}?)\.(?:{_either(_HOMES)}){_ENDS}(?:/{_REST}*)?",
    "platform": rf"{_HOST}(?:{_either(_PLATFORMS)}){_ENDS}\.?(?::\d+)?[/\\?#](?P<platform_rest>{_REST}+)",
    "short": rf"{_HOST}t\.co/(?P<short_rest>[a-z0-9]+)",
    "reddit": rf"{_HOST}reddit\.com/(?:r/\w++)?+/?+(?P<reddit_rest>{_REST}+)",
    "youtube": rf"{_HOST}youtube\.com/(?P<youtube_rest>(?!(?:watch|playlist|results|shorts|live|embed|feed|hashtag|v|"
    rf"clip|redirect|attribution_link|premium|t)(?![\w-])){_REST}+)",
    "part": rf"(?<=/)(?:web/)?(?:{_PARTS})/(?P<part_rest>{_REST}+)",
    "wiki": rf"(?<=[/=])(?:user|user_talk|special:contrib\w*)[:/](?P<wiki_rest>{_REST}+)",
    "parameter": rf"(?<=[?&;#])(?:{_PARAMETERS})=(?!(?:yes|no|true|false|on|off|none|null|[01])(?:[&;#]|$))"
    r"(?P<parameter_rest>[^\s<>\"&;#]+)",
    "path": rf"(?<=/)(?P<path_rest>@(?!\d+\.\d+,-?\d)\w{_REST}*)",
    # Neither coordinates on a map nor versions of software.
    "handle": r"@(?!\d+\.\d+,-?\d|(?<=\w@)\d{1,3}(?:\.\d+){0,3}(?![\w@]))"
    r"\w+(?:[.-]\w+)*(?:@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})?",
    "reddit_name": r"(?<![\w/.])/?u/(?P<reddit_name_rest>[\w-]{3,20})(?![\w-])",
    "channel": r"(?<![\w-])uc[\w-]{22}(?![\w-])",
    "long": r"(?<!\d)(?<!\b\d\.)\d{15,}(?!\d)",
}  # fmt: skip

#: Dashes between the parts of a telephone number; and nouns that follow a number with a plus that is a count.
_DASH = "\u2010-\u2015\u2212-"
_COUNTED = "likes?|views?|followers?|(?:re)?tweets?|shares?|posts?|votes?|visits?|people|users?|members?|%"

#: Patterns that may contain spaces.
_SPACED = {
    "spelt": r"[\w.+-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|[\[({]\s?dot\s?[\])}])\s?[\w-]{1,63}){1,6}",
    "quoted": r"\"[^\"\n]{1,64}\"@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.[^\W\d_][\w-]{1,62}",
    "contact_said": r"(?<![\w-])(?:skype|xmpp|jabber):\s"
    r"(?P<contact_said_rest>\w*(?:[.:_-]\w+|[a-z]\d)[\w.:-]*(?<![.:-]))",
    "dialled": rf"(?:tel|sms|smsto|callto):\s?+\+?+(?!(?:19|20)\d\d ?[/{_DASH}] ?(?:19|20)?\d\d(?!\d))"
    rf"[\d ()./{_DASH}]{{4,30}}\d",
    "number": rf"(?<![\w+])\+\d(?:[ ()./{_DASH}]{{0,2}}\d){{7,14}}(?!\w| ?(?:{_COUNTED})(?!\w))",
    "said": r"(?<![\w-])(?:from|to|user|telegram|tg|instagram|ig|insta|snapchat|snap|twitter|tiktok)[:=]\s?"
    r"(?P<said_rest>\w*(?:[a-z]_|_[a-z]|[a-z]\d)\w*)(?![\w/.:-])",
}  # fmt: skip

#: Characters that a link may contain but not end with: at its end they belong to the sentence.
_END = re.compile(r"[-.,;:!?)\]}'\"*…\u200f]+$")


#: A quick test for each pattern: a text without a match of it has no match of the pattern.
_HAS = {
    kind: re.compile(pattern) for kind, pattern in {
        "address": "@", "called": "(?<!http)(?<!https)://", "contact": ":(?!//)", "did": ":(?!//)|at://",
        "deep": "(?<!http)(?<!https)://", "part": f"/(?:{_PARTS})/", "wiki": r"user|special:contrib",
        "parameter": f"[?&;#](?:{_PARAMETERS})=", "path": "/@", "handle": "@", "reddit_name": r"(?<![\w/.])/?u/",
        "channel": r"(?<![\w-])uc", "long": r"\d{15}",
        "spelt": r"[\[({]\s?at\s?[\])}]", "quoted": "\"@", "contact_said": r"(?:skype|xmpp|jabber):\s",
        "dialled": r"(?:tel|sms|smsto|callto):", "number": r"\+\d",
        "said": r"(?:from|to|user|telegram|tg|instagram|ig|insta|snapchat|snap|twitter|tiktok)[:=]",
    }.items()
}  # fmt: skip

#: A quicker test, which comes first: characters that the text must contain.
_SIGN = dict.fromkeys(_HAS, "") | {
    "address": "@", "called": "://", "contact": ":", "did": ":", "deep": "://", "part": "/", "parameter": "=",
    "path": "/@", "handle": "@", "reddit_name": "u/", "channel": "uc",
    "spelt": "at", "quoted": "\"@", "contact_said": ":", "number": "+",
}  # fmt: skip

#: The quick test of patterns of hosts: the parts of a host before a dot.
_HOST_PART = re.compile(r"[\w-]+(?=\.)")
_HOST_PARTS = {
    "platform": {re.split(r"\\?\.", host)[-2 if host[-1].isalpha() else 0] for host in _PLATFORMS} | {"bilibili"},
    "home": {host.split("\\")[0].split(".")[0] for host in _HOMES},
    "short": {"t"}, "reddit": {"reddit"}, "youtube": {"youtube"},
}  # fmt: skip
_ANY_HOST = frozenset[str]().union(*_HOST_PARTS.values())

#: White space; and quick tests for all patterns together, on a piece between spaces and on a whole text.
_SPACE = re.compile(r"[^\S ]")
_MAYBE = re.compile(r"[@/=:.u\d](?:(?<=[@/=:])|(?<=\.)\w|(?<=\d)\d{14}|(?<!\wu)(?<=u)c)")
_MAYBE_SPACED = re.compile(r"[\[({+:=\"](?:(?<=[\[({])\s?at\s?[\])}]|(?<=\+)\d|(?<=\w[:=])(?!//)|(?<=\")@)")

#: Replacements of what is not an account.
_WORDS = {
    "address": "[e-mail address]", "spelt": "[e-mail address]", "quoted": "[e-mail address]",
    "called": "[phone number]", "dialled": "[phone number]", "number": "[phone number]", "long": "[id]",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A part of a plain text that names an account or a person.

    Attributes
    ----------
    start, end : int
        The part to replace.
    names : list of str
        Possible handles and ids of the account, the most likely first. For a handle also its beginnings.
    words : str
        The replacement for an account without a pseudonym.
    """

    start: int
    end: int
    names: list[str]
    words: str = "@somebody"


def people(text: str) -> Iterator[Found]:
    """Find what names an account or a person, by its form, in a text of `incahoots.analytics.report.plain.Plain`.

    The order is arbitrary; one that lies within another belongs to it.
    """
    for start, end in _pieces(text):
        if kinds := _kinds(text[start:end]):
            for match in _any_of(kinds).finditer(text, start, end):
                yield from _found(match)
    if kinds := tuple(kind for kind in _SPACED if _has(kind, text)) if _MAYBE_SPACED.search(text) else ():
        for match in _any_of(kinds).finditer(text):
            yield from _found(match)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Find the pieces between spaces in which a pattern may match: start and end of each."""
    hit = _MAYBE.search(text)
    if hit is None:
        return
    even, end = _SPACE.sub(" ", text), 0
    while hit is not None:
        start = max(end, even.rfind(" ", end, hit.start()) + 1)
        end = even.find(" ", hit.end())
        if end < 0:
            end = len(text)
        yield start, end
        hit = _MAYBE.search(text, end)


def _kinds(piece: str) -> tuple[str, ...]:
    """Choose the patterns that may match in a piece of text."""
    parts = _ANY_HOST.intersection(_HOST_PART.findall(piece)) if "." in piece else frozenset()
    return tuple(kind for kind in _PATTERNS if (_has(kind, piece) if kind in _HAS else parts & _HOST_PARTS[kind]))


def _has(kind: str, text: str) -> bool:
    """Whether a pattern may match in a text."""
    sign = _SIGN[kind]
    return sign in text and (sign == _HAS[kind].pattern or _HAS[kind].search(text) is not None)


@lru_cache(maxsize=1000)
def _any_of(kinds: tuple[str, ...]) -> re.Pattern[str]:
    """Combine several patterns into one."""
    patterns = _PATTERNS | _SPACED
    return re.compile("|".join(f"(?P<{kind}>{patterns[kind]})" for kind in kinds))


def _found(match: re.Match[str]) -> Iterator[Found]:
    """The part of a match to replace, if any."""
    # The outermost group, which closes last.
    kind = match.lastgroup or ""
    start, end = match.span(f"{kind}_rest" if f"{kind}_rest" in match.re.groupindex else kind)
    text = match.string
    if kind in _LINKS:
        end -= len(text[start:end]) - len(_END.sub("", text[start:end]))
    if end <= start or (kind == "platform" and _KEPT.match(text, start)):
        return
    named = text[start:end]
    if kind == "handle":
        yield Found(start, end, _prefixes(named[1:]))
    elif kind == "home":
        yield Found(start, end, [named.partition("/")[0], match["home_name"]])
    else:
        pieces = [piece.lstrip("@$~") for piece in re.split(r"[/?&=#:;,+|]+", named)]
        yield Found(start, end, [named, *filter(None, pieces)], _WORDS.get(kind, "@somebody"))


#: Patterns whose match ends where a link ends.
_LINKS = ("platform", "reddit", "youtube", "part", "path", "wiki", "home", "parameter")


def _prefixes(handle: str) -> list[str]:
    """Possible handles where the sentence continues without a space: ``alice.Then``, ``alice-like``."""
    return list(dict.fromkeys([handle, handle.partition("@")[0], re.split(r"[@.-]", handle)[0]]))
