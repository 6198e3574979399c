"""Tokens: the toolkit's own, and their weights."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from incahoots.analytics.text import tokens
from incahoots.analytics.text.tokens import counted, lexical_vectors


def token_sets(texts: Sequence[str | None]) -> list[set[str]]:
    matrix, names = counted(texts)
    return [
        {names[int(column)] for column in matrix.indices[start:stop]}
        for start, stop in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]


@pytest.mark.copied_from("coordination-network-toolkit 1.5.2, tokenize, with regex 2026.11.15", why="S3's own rule")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World!  hello", {"!", ",", "hello", "world"}),
        ("don't 'quoted' words'", {"don't", "quoted", "words"}),
        ("l’été l'avion rock'n'roll", {"l'avion", "l’été", "rock'n'roll"}),
        ("@someone thanks@you:see  @x", {"thanks"}),
        ("@a\x1cb c", {"c"}),
        ("3,456.78 a1b 3.a", {"3,456.78", "3", ".", "a", "a1b"}),
        ("example.com/a_b?x=1", {"example.com", "/", "a_b", "?", "x", "=", "1"}),
        ("#tag $5 50% e-mail", {"#", "tag", "$", "5", "50", "%", "e", "-", "mail"}),
        ("STRASSE straße ΣΟΦΟΣ İstanbul", {"strasse", "straße", "σοφος", "i̇stanbul"}),
        ("نهر سوق شتاء، مكتبة", {"نهر", "سوق", "شتاء", "،", "مكتبة"}),
        ("邻居大桥 カタカナ ひらがな", {"邻", "居", "大", "桥", "カタカナ", "ひ", "ら", "が", "な"}),
        ("צה\"ל ב' ב'x", {'צה"ל', "ב'", "ב'x"}),
        ("🇦🇧 🇦 x", {"🇦🇧", "🇦", "x"}),
        ("❤\u200d❤ 👍🏽 a\u0301b \u0301b", {"❤\u200d❤", "👍🏽", "a\u0301b", "\u0301", "b"}),
        ("\u0301b \ufeffa", {"\u0301b", "\ufeff", "a"}),
        ("a:\u0301b 1,\u03011", {"a", ":\u0301b", "1", ",\u03011"}),
        ("tab\tand\nnew\u00a0line\x1cend", {"tab", "and", "new", "line", "end"}),
        ("''a", {"a"}),
        ("_a_1_ --", {"_a_1_", "-"}),
        ("  ", set()),
    ],
)
def test_tokens_are_the_toolkits(text: str, expected: set[str]) -> None:
    assert token_sets([text]) == [expected]
    assert token_sets(["other", text, None, text]) == [{"other"}, expected, set(), expected]


CLASSES = {
    "a": "letter", "i": "letter", "b": "letter", "ж": "letter", "א": "hebrew", "1": "number", "カ": "katakana",
    "_": "extender", ":": "in word", ".": "in both", ",": "in number", "'": "in both", "’": "in both", '"': "double",
    "\u0301": "ignored", "\u00ad": "ignored", "\u200d": "ignored", "❤": "", "🇦": "flag", "中": "", "!": "", "@": "",
    " ": "space", "\n": "space", "\u00a0": "space", "\x1c": "space",
}  # fmt: skip
VOWELS = "ai"


def naive_tokens(text: str) -> set[str]:
    """The toolkit's rule one character at a time, for the characters of `CLASSES`."""
    text = without_mentions(text)
    found, at, start = set(), 0, 0
    while at < len(text):
        if not boundary(text, at):
            at += 1
            continue
        found.update(text[start:at].split())
        # A match: spaces, and then an apostrophe, are what stands between tokens.
        end = at
        while end < len(text) and text[end] == " ":
            end += 1
        end += text[end : end + 1] == "'"
        start, at = end, max(end, at + 1)
    found.update(text[start:].split())
    return found


def without_mentions(text: str) -> str:
    kept, mention = [], False
    for char in text:
        mention = (mention or char == "@") and char not in " \n\u00a0"
        kept.append("" if mention else char)
    return "".join(kept)


def boundary(text: str, at: int) -> bool:
    if at == 0:
        return True
    classes = [CLASSES[char] for char in text]
    right = classes[at]
    if text[at - 1] == "\n" or text[at] == "\n":
        return True
    if right == "ignored" or (text[at - 1] == "\u200d" and text[at] == "❤"):
        return False
    where = at - 1
    while classes[where] == "ignored":
        if where == 0:
            return False
        where -= 1
    left = classes[where]
    before, behind = classes[where - 1] if where else "", classes[at + 1] if at + 1 < len(text) else ""
    letters, joined = {"letter", "hebrew"}, {"letter", "hebrew", "number", "katakana", "extender"}
    flags = len(text[: where + 1]) - len(text[: where + 1].rstrip("🇦"))
    return not (
        ({left, right} <= letters | {"number"})
        or (left == right == "katakana")
        or (left in joined and right == "extender")
        or (left == "extender" and right in joined)
        or (text[where] in "'’" and text[at] in VOWELS)
        or (left in letters and right in {"in word", "in both"} and text[at] != "" and behind in letters)
        or (before in letters and left in {"in word", "in both"} and right in letters)
        or (left == "number" and right in {"in number", "in both"} and behind == "number")
        or (before == "number" and left in {"in number", "in both"} and right == "number")
        or (left == "hebrew" and text[at] == "'")
        or (left == "hebrew" and right == "double" and behind == "hebrew")
        or (before == "hebrew" and left == "double" and right == "hebrew")
        or flags % 2 == 1
    )


@given(st.lists(st.text(alphabet=sorted(CLASSES), max_size=12), max_size=8))
def test_tokens_are_those_of_the_definition(texts: list[str]) -> None:
    assert token_sets(texts) == [naive_tokens(text) for text in texts]


def test_tokens_are_counted_and_the_rarest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["b a b", None, "", "a c", "c a b"]
    matrix, names = counted(texts)
    assert names.to_list() == ["c", "b", "a"]
    assert matrix.toarray().tolist() == [[0, 2, 1], [0, 0, 0], [0, 0, 0], [1, 0, 1], [1, 1, 1]]
    monkeypatch.setattr(tokens, "TEXTS_AT_ONCE", 2)
    assert (counted(texts)[0] != matrix).nnz == 0
    assert counted([])[0].shape == (0, 0)


def test_words_weigh_as_scikit_learn_weighs_them() -> None:
    texts = ["The cat, the dog!", "a cat @someone", "", None, "the the the", "... !", "dog dog cat 3"]
    words = [["the", "cat", "the", "dog"], ["a", "cat"], [], [], ["the"] * 3, [], ["dog", "dog", "cat", "3"]]
    expected = TfidfVectorizer(analyzer=lambda text: text).fit(words)
    found, (_, names) = lexical_vectors(texts), counted(texts)
    kept = [name for name in names if name.isalnum()]
    assert found.toarray() == pytest.approx(
        expected.transform(words)[:, [expected.vocabulary_[w] for w in kept]].toarray()
    )
    assert lexical_vectors(["!", ""]).shape == (2, 0)
    assert lexical_vectors([]).shape == (0, 0)
