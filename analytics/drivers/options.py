"""The options of `drivers` and `driver_thresholds`: of the functions, of the commands and of the run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from incahoots.errors import UsageError, check_choice, check_least, check_within

if TYPE_CHECKING:
    import pandas as pd

#: What S4 does to the fused network, as its Table 8 has it.
STRATEGIES = ("fused", "backbone", "met", "pruned", "met_pruned")

MEASURES = ("lexical", "embeddings")

#: Minimum cosines of texts in S4, by language; other languages have the smallest.
TEXT_COSINES = {"en": 0.90, "es": 0.95}

#: The share of accounts that S4 calls drivers, by language; other languages have the smallest.
SHARES = {"en": 0.03, "es": 0.05}

#: The network from which S4 takes the drivers, by language; other languages have the fused one.
DRIVERS_OF = {"es": "backbone"}

ALGORITHMS = ("louvain", "leiden")

TOPIC_MODELS = ("nmf", "bertopic")


@dataclass(frozen=True)
class Recipe:
    """Which accounts, traces and edges make the network of a trace.

    Attributes
    ----------
    min_traces : int
        Minimum number of distinct traces of an account.
    min_df : int
        Minimum number of these accounts that share a trace.
    threshold : float in (0, 1]
        Minimum cosine of an edge.
    """

    min_traces: int
    min_df: int
    threshold: float

    def __post_init__(self) -> None:
        check_least("The minimum number of traces of an account", self.min_traces, 1)
        check_least("The minimum number of accounts of a trace", self.min_df, 1)
        check_within("The minimum cosine", self.threshold, 0, 1)


#: The numbers of S4, in every language. It has none of its own for sequences.
RECIPES = {
    "co_domain": Recipe(3, 3, 0.6),
    "co_hashtag": Recipe(6, 5, 0.7),
    "co_hashtag_sequence": Recipe(6, 5, 0.7),
}

#: Networks of single traces; the last is of texts.
TRACES = (*RECIPES, "text")


def with_numbers(**numbers: Mapping[str, float]) -> dict[str, Recipe]:
    """Give `RECIPES` with other numbers.

    Parameters
    ----------
    **numbers : mapping of str to float
        By the name of a number of `Recipe`, such as min_df: the number of each trace.

    Raises
    ------
    UsageError
        There is no such trace, or the number is out of range or not an integer.
    """
    found = dict(RECIPES)
    for name, by_trace in numbers.items():
        for trace, number in by_trace.items():
            check_choice("trace with such a number", trace, found)
            if number % 1 != 0:
                raise UsageError(f"The number for {trace} must be an integer (got {number:g}).")
            found[trace] = replace(found[trace], **{name: int(number)})
    return found


@dataclass(frozen=True)
class DriverSettings:
    """How the networks of a language are made.

    Attributes
    ----------
    traces : tuple of str
        The networks of single traces to fuse: co_domain, co_hashtag, co_hashtag_sequence, text.
    recipes : mapping of str to Recipe
        For all traces but texts.
    ignored : mapping of str to frozenset of str
        Uninformative domains by language, which replace the shipped list of that language.
    cosines : mapping of str to float
        Minimum cosine of an edge where it differs from S4's: by trace, and for one language as ``en.text``.
    measure : {"lexical", "embeddings"}
        How to compare texts.
    model : str, optional
        Model of embeddings: a downloaded model, or a folder (default: that of Yi 2025).
    sentiment_model : str, optional
        Model of sentiment, instead of lists of words: a downloaded model.
    lightest : float
        Share of the lightest edges to remove, which gives the network called ``backbone``.
    window_s : int
        Maximum seconds between two posts for their accounts to count as active together.
    centrality : float
        Remove accounts with a lower eigenvector centrality.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    traces: tuple[str, ...] = ("co_domain", "co_hashtag", "text")
    recipes: Mapping[str, Recipe] = field(default_factory=lambda: dict(RECIPES))
    ignored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cosines: Mapping[str, float] = field(default_factory=dict)
    measure: str = "lexical"
    model: str | None = None
    sentiment_model: str | None = None
    lightest: float = 0.7
    window_s: int = 3600
    centrality: float = 0.01

    def __post_init__(self) -> None:
        if not self.traces:
            raise UsageError("No trace is given.", f"Choose from: {', '.join(TRACES)}.")
        for name in (*self.traces, *(name.rpartition(".")[2] for name in self.cosines)):
            check_choice("trace", name, TRACES)
        check_choice("measure", self.measure, MEASURES)
        for trace, cosine in self.cosines.items():
            check_within(f"The minimum cosine for {trace}", cosine, 0, 1)
        check_lightest(self.lightest)
        if not 0 <= self.centrality <= 1:
            raise UsageError(f"The minimum centrality must be between 0 and 1 (got {self.centrality:g}).")
        check_least("The window, in seconds,", self.window_s, 0)

    @property
    def embeddings(self) -> str:
        """The model of embeddings: the one that was given, else the default."""
        from incahoots.analytics.text.embeddings import MODEL

        return self.model or MODEL

    def ignored_in(self, language: str) -> frozenset[str]:
        """Give the uninformative domains of a language."""
        from incahoots.analytics.drivers.ignored import ignored_domains

        own = self.ignored.get(language)
        return ignored_domains([language])[language] if own is None else own

    def cosine(self, trace: str, language: str) -> float:
        """Give the minimum cosine of an edge."""
        for name in (f"{language}.{trace}", trace):
            if name in self.cosines:
                return self.cosines[name]
        if trace == "text":
            return TEXT_COSINES.get(language, min(TEXT_COSINES.values()))
        return self.recipes[trace].threshold


def check_lightest(share: float) -> None:
    """Check the share of edges to remove."""
    if not 0 <= share < 1:
        raise UsageError(f"The share of edges to remove must be 0 or more and below 1 (got {share:g}).")


def check_drivers(share: float) -> None:
    """Check the share of accounts to call drivers."""
    check_within("The share of accounts that are drivers", share, 0, 1)


@dataclass(frozen=True)
class DriverOptions:
    """The options of `drivers`, beside how networks are made.

    Attributes
    ----------
    shares : mapping of str to float
        The share of accounts to call drivers, by language, where it differs from S4's.
    drivers_of : mapping of str to str
        The network from which drivers are taken, of `STRATEGIES`, by language, where it differs from S4's.
    algorithm : {"louvain", "leiden"}
        Algorithm that finds clusters.
    n_topics : int
        Maximum number of topics of a language.
    topic_model : {"nmf", "bertopic"}
        Topic model; bertopic uses the model of embeddings.
    about : pd.DataFrame, optional
        Information about domains: domain, and columns such as factuality and leaning.
    retweets : bool
        Include retweets, whose text, hashtags and links are another account's.
    operation_id : str, optional
        Only accounts of this operation.
    nulls : int
        Number of random networks to compare bridges with.
    seed : int
        Random seed.
    keep : int
        Maximum number of edges of a language, the heaviest first.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    drivers_of: Mapping[str, str] = field(default_factory=dict)
    algorithm: str = "louvain"
    n_topics: int = 20
    topic_model: str = "nmf"
    about: pd.DataFrame | None = field(default=None, compare=False)
    retweets: bool = False
    operation_id: str | None = None
    nulls: int = 100
    seed: int = 42
    keep: int = 100_000

    def __post_init__(self) -> None:
        for share in self.shares.values():
            check_drivers(share)
        for name in self.drivers_of.values():
            check_choice("network", name, STRATEGIES)
        check_choice("algorithm", self.algorithm, ALGORITHMS)
        check_choice("topic model", self.topic_model, TOPIC_MODELS)
        check_least("The number of topics", self.n_topics, 1)
        check_least("The number of random networks", self.nulls, 1)
        check_least("The number of edges to keep", self.keep, 1)

    def check_languages(self, languages: Collection[str]) -> None:
        """Raise a `UsageError` if an option is for another language than these."""
        if odd := sorted({*self.drivers_of, *self.shares} - set(languages)):
            words = f"The language {odd[0]!r} has an option but is not among the languages."
            raise UsageError(words, f"Languages: {', '.join(languages)}.")

    def share(self, language: str) -> float:
        """Give the share of accounts to call drivers."""
        return self.shares.get(language, SHARES.get(language, min(SHARES.values())))

    def network(self, language: str) -> str:
        """Give the network from which drivers are taken."""
        return self.drivers_of.get(language, DRIVERS_OF.get(language, "fused"))


def in_words(languages: Sequence[str], options: DriverOptions, settings: DriverSettings) -> str:
    """Describe the options in a line for a person to read."""
    said = {"languages": ", ".join(languages)}
    for each in (options, settings):
        for name in (one.name for one in fields(each)):
            value = getattr(each, name)
            if isinstance(value, str | int | float) and value is not False:
                said[name] = str(value)
            elif isinstance(value, tuple):
                said[name] = ", ".join(value)
            elif isinstance(value, dict) and name not in ("recipes", "ignored") and value:
                said[name] = ", ".join(f"{key}={one}" for key, one in value.items())
    return "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in said.items())


@dataclass(frozen=True)
class ThresholdOptions:
    """The options of `driver_thresholds`.

    Attributes
    ----------
    cosines : sequence of float
        Thresholds to compare; when empty, usual ones.
    repeats : int
        Number of times that a tenth of the edges is left out.
    algorithm, retweets, operation_id, seed
        As for `DriverOptions`.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    cosines: Sequence[float] = ()
    repeats: int = 10
    algorithm: str = "louvain"
    retweets: bool = False
    operation_id: str | None = None
    seed: int = 42

    def __post_init__(self) -> None:
        for cosine in self.cosines:
            check_within("The minimum cosine", cosine, 0, 1)
        check_least("The number of repeats", self.repeats, 2)
        check_choice("algorithm", self.algorithm, ALGORITHMS)
