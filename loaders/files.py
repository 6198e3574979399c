"""Open what an analyst has downloaded: plain files, gzip and zip, as streams of bytes in bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from incahoots.errors import InputError
from incahoots.loaders.limits import MB, Limits

#: Endings of the files inside a zip that are read; the others (read-me files, pictures) are left alone.
CSV_SUFFIXES = (".csv", ".tsv", ".txt")
JSON_SUFFIXES = (".jsonl", ".json", ".ndjson")

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SNIFF_BYTES = 1 << 16
#: A text has no NUL bytes, and a damaged one has few; UTF-16 and binary files have many.
_MANY_NULS = 0.2
#: Up to here nobody minds how well a file was packed.
_RATIO_BYTES = 64 * MB
#: What the standard library raises on compressed data that is damaged: a changed header can name a method it does not
#: know, a place outside the file, a password, or a length that is none.
_DAMAGE = (
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
)


@dataclass
class Stream:
    """The bytes of one file, or of one file inside a zip, without its byte-order mark.

    Attributes
    ----------
    path : Path
        The file as stored.
    member : str
        The name inside the zip, or empty.
    handle : binary file
        Gives the unpacked bytes.
    packed : function of () -> int, optional
        How many packed bytes have been read so far, or are there at all; None where nothing is packed.
    max_ratio : float
        How many times that may be read.
    n_read : int
        How many unpacked bytes have been read, those of the earlier files inside a zip too.
    """

    path: Path
    member: str
    handle: BinaryIO
    packed: Callable[[], int] | None = None
    max_ratio: float = float("inf")
    n_read: int = 0
    started: bool = False

    @property
    def name(self) -> str:
        """What to call the stream in a message."""
        return f"{self.path.name}:{self.member}" if self.member else self.path.name

    def read(self, n_bytes: int) -> bytes:
        """Read the next bytes, none at the end of the stream.

        Raises
        ------
        InputError
            The compressed data is damaged or unpacks to too much; or, at the start, there is nothing or no text.
        """
        try:
            data = self.handle.read(n_bytes)
        except _DAMAGE as error:
            raise InputError(
                f"{self.name} is damaged: its compressed data cannot be read to the end ({error}).",
                "Download it again, and compare its size or checksum with the publisher's.",
            ) from error
        self.n_read += len(data)
        self._check_ratio()
        if self.started:
            return data
        self.started = True
        _check_text(self.name, data)
        return data.removeprefix(_UTF8_BOM)

    def _check_ratio(self) -> None:
        """Refuse a file that unpacks to far more than real posts do."""
        if self.packed is None or self.n_read <= _RATIO_BYTES:
            return
        n_packed = max(self.packed(), 1)
        if self.n_read > self.max_ratio * n_packed:
            raise InputError(
                f"{self.path.name} unpacks to more than {self.max_ratio:g} times its size "
                f"({self.n_read // MB:,} MB of {n_packed / MB:,.1f} MB so far).",
                "Check where the file is from. If it is meant to be so, allow more with --max-ratio.",
            )


def checked_path(path: Path | str) -> Path:
    """Return the path, if there is a file with something in it.

    Raises
    ------
    InputError
        There is no such file, it is a directory, empty, or not readable.
    """
    path = Path(path)
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the spelling and the folder.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}.", "Check its permissions.") from error
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path} is a directory.", "Name the file in it, or several files.")
    if status.st_size == 0:
        raise InputError(f"{path} is empty (0 bytes).", "Download or export it again.")
    return path


def sha256(path: Path | str) -> str:
    """SHA-256 of the file as stored (compressed, if it is), in hexadecimal."""
    with checked_path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def streams(path: Path | str, suffixes: Sequence[str], limits: Limits | None = None) -> Iterator[Stream]:
    """Open a file, or every file with one of the suffixes inside a zip, one after the other.

    Each stream is closed when the next one is asked for.

    Parameters
    ----------
    path : Path or str
        Plain, ``.gz`` or ``.zip``.
    suffixes : sequence of str
        Which members of a zip are meant, with the dot, in lower case.
    limits : Limits, optional
        How much a file may unpack to.

    Raises
    ------
    InputError
        The file cannot be opened, is not what its name says, or is a zip with an unsafe or encrypted member.
    """
    path = checked_path(path)
    limits = limits or Limits.of()
    suffix = path.suffix.lower()
    try:
        with path.open("rb") as handle:
            magic = handle.read(4)
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}.", "Check its permissions.") from error
    if suffix == ".zip":
        yield from _members(path, suffixes, limits)
    elif suffix == ".gz":
        if not magic.startswith(_GZIP):
            raise InputError(f"{path.name} is named .gz but is not gzip data.", "Rename it, or download it again.")
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as unzipped:
            # A GzipFile reads like any binary file.
            yield Stream(path, "", unzipped, raw.tell, limits.max_ratio)  # type: ignore[arg-type]
    elif magic.startswith(_GZIP):
        raise InputError(f"{path.name} is gzip data under another name.", f"Rename it to {path.name}.gz.")
    elif magic.startswith(_ZIP):
        raise InputError(
            f"{path.name} is a zip archive or an Excel workbook.",
            "Rename a zip to .zip; of a workbook get the original CSV, because spreadsheets damage long ids.",
        )
    else:
        with path.open("rb") as plain:
            yield Stream(path, "", plain)


def _members(path: Path, suffixes: Sequence[str], limits: Limits) -> Iterator[Stream]:
    """Yield the streams inside a zip."""
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise InputError(f"{path.name} is no readable zip archive ({error}).", "Download it again.") from error
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        for info in infos:
            _check_member(path, info)
        wanted = [info for info in infos if _is_data(info.filename, suffixes)]
        if not wanted:
            found = ", ".join(info.filename for info in infos[:5]) or "nothing"
            raise InputError(
                f"{path.name} holds no file that ends in {', '.join(suffixes)}; it holds {found}.",
                "Unpack it and name the file that has the rows.",
            )
        n_packed = n_read = 0
        for info in wanted:
            # Members may share their bytes; the file has no more than its own.
            n_packed = min(n_packed + info.compress_size, path.stat().st_size)
            with _opened(archive, path, info) as member:
                stream = Stream(path, info.filename, member, partial(int, n_packed), limits.max_ratio, n_read)
                yield stream
                n_read = stream.n_read


def _opened(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    """Open a member of a zip."""
    try:
        return archive.open(info)  # type: ignore[return-value]  # reads like any binary file
    except _DAMAGE as error:
        raise InputError(
            f"{path.name} is damaged: its member {info.filename!r} cannot be unpacked ({error}).",
            "Download it again, and compare its size or checksum with the publisher's.",
        ) from error


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuse members that point outside the archive, and encrypted ones."""
    name = info.filename
    windows = PureWindowsPath(name)
    unsafe = PurePosixPath(name).is_absolute() or windows.drive or windows.root or ".." in windows.parts
    if unsafe:
        raise InputError(
            f"{path.name} has a member whose name leads out of it: {name!r}.",
            "Do not trust this archive; get it from its publisher.",
        )
    if info.flag_bits & 0x1:
        raise InputError(f"{path.name} is encrypted (member {name!r}).", "Unpack it with its password first.")


def _is_data(name: str, suffixes: Sequence[str]) -> bool:
    """Whether a member has rows: macOS adds hidden files of the same names."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and PurePosixPath(name).suffix.lower() in suffixes


def _check_text(name: str, start: bytes) -> None:
    """Refuse a stream that begins with no UTF-8 text."""
    if not start:
        raise InputError(f"{name} is empty.", "Download or export it again.")
    if start.startswith(_UTF16_BOMS):
        raise InputError(f"{name} is UTF-16 text.", "Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 old.csv > new.csv.")
    sniffed = start[:_SNIFF_BYTES]
    if sniffed.count(0) > _MANY_NULS * len(sniffed):
        raise no_text(name)


def no_text(name: str) -> InputError:
    """Return the error of a file that is no text."""
    return InputError(f"{name} is no text file: it has NUL bytes.", "Check that this is the right file, and in UTF-8.")
