"""Convert text columns to types. Invalid values become null; callers compare with the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

UTC = pl.Datetime("us", "UTC")
#: An id that lost its last digits as a floating-point number: 1.198473762313818e+18, in spreadsheets 1,198E+018.
LOST_DIGITS = r"^-?\d(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,3}$"
#: An id with so few digits left that different ids become equal: spreadsheets show six.
LOST_MOST_DIGITS = r"^-?\d(?:[.,]\d{1,8}[eE]\+?|[eE]\+)\d{1,3}$"
#: Minutes and seconds have two digits: a single digit means that the time was truncated.
_CUT_OFF = r":\d(?:\D|$)"
_TRUE, _FALSE = ("true", "t", "1", "yes"), ("false", "f", "0", "no")


def ids(values: pl.Series) -> pl.Series:
    """Convert ids to text; ``12.0``, as data frames with missing values write it, becomes ``12``."""
    if not values.str.ends_with(".0").any():
        return values
    return values.str.replace(r"^(-?\d+)\.0$", "$1")


def integers(values: pl.Series) -> pl.Series:
    """Parse whole numbers, also ``12.0``, as data frames with missing values write them."""
    numbers = values.cast(pl.Int64, strict=False)
    if numbers.null_count() == values.null_count():
        return numbers
    return values.str.strip_chars().str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)


def booleans(values: pl.Series) -> pl.Series:
    """Parse ``true`` and ``false`` in any case, and their usual spellings."""
    lower = values.str.to_lowercase()
    return (
        pl.select(
            pl.when(lower.is_in(_TRUE)).then(pl.lit(value=True)).when(lower.is_in(_FALSE)).then(pl.lit(value=False))
        )
        .to_series()
        .alias(values.name)
    )


def times(values: pl.Series, formats: Sequence[str], zone: str = "UTC") -> pl.Series:
    """Parse times in the first format that fits, and convert them to UTC.

    Parameters
    ----------
    values : pl.Series of str
        Times as text.
    formats : sequence of str
        Formats of ``strptime``; those with ``%z``, ``%:z`` or ``%#z`` include a zone.
    zone : str
        Zone of times without one. Of an hour that occurs twice when clocks go back, the first is taken; an hour that is
        skipped becomes null.
    """
    result = pl.Series(values.name, [None] * len(values), dtype=UTC)
    for form in formats:
        if result.null_count() == values.null_count():
            break
        zoned = has_zone(form)
        missing = values if result.null_count() == len(result) else values.set(result.is_not_null(), None)
        read = missing.str.to_datetime(form, time_unit="us", time_zone="UTC" if zoned else None, strict=False)
        if not zoned:
            read = read.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        read = read.dt.convert_time_zone("UTC")
        result = read if missing is values else result.fill_null(read)
    return result.set(values.str.contains(_CUT_OFF).fill_null(value=False), None)


def has_zone(form: str) -> bool:
    """Whether a format includes a zone."""
    return any(mark in form for mark in ("%z", "%:z", "%#z"))


def is_format(form: str) -> bool:
    """Whether a format is valid: hours without minutes are not."""
    try:
        pl.Series(["x"]).str.to_datetime(form, time_zone="UTC" if has_zone(form) else None, strict=False)
    except pl.exceptions.ComputeError:
        return False
    return True


def epoch_times(values: pl.Series, per_second: int = 1) -> pl.Series:
    """Parse times that are numbers since 1970, to the microsecond.

    Parameters
    ----------
    values : pl.Series of str
        As written.
    per_second : int
        1 for seconds, 1000 for milliseconds.
    """
    text = values.str.strip_chars()
    scale = 1_000_000 // per_second
    whole = text.cast(pl.Int64, strict=False)
    # The product of larger numbers would overflow; their year would be after 2100 anyway.
    whole = whole.set((whole.abs() > 10**13) & whole.is_not_null(), None)
    micros = whole * scale
    if whole.null_count() != values.null_count():
        parts = text.str.extract_groups(r"^(-?\d{1,13})(?:\.(\d*))?$").struct.unnest()
        fraction = parts["2"].fill_null("").str.pad_end(6, "0").str.head(6).cast(pl.Int64, strict=False)
        sign = pl.select(pl.when(parts["1"].str.starts_with("-")).then(-1).otherwise(1)).to_series()
        exact = parts["1"].cast(pl.Int64, strict=False) * scale + sign * (fraction // per_second)
        # A number with an exponent is a time only if it has all digits of the seconds.
        shown = text.str.extract_groups(r"^\d(?:\.(\d+))?[eE]\+?(\d{1,2})$").struct.unnest()
        n_digits = shown["2"].cast(pl.Int64, strict=False) - (3 if per_second == 1000 else 0)
        lost = (shown["1"].str.len_bytes().fill_null(0) < n_digits).fill_null(value=False)
        floats = (text.set(lost, None).cast(pl.Float64, strict=False) * scale).round()
        floats = floats.set(floats.is_not_null() & ((floats.abs() > 10**16) | floats.is_nan()), None)
        micros = micros.fill_null(exact).fill_null(floats.cast(pl.Int64, strict=False))
    return micros.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias(values.name)


def in_schema(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return the frame with the columns of a schema; missing ones are null."""
    return frame.select(
        (pl.col(column).cast(type_) if column in frame.columns else pl.lit(None, type_)).alias(column)
        for column, type_ in schema.items()
    )
