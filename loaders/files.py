"""Open plain, gzip and zip files as streams of bytes, in bounded memory."""

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

#: Endings of the files in a zip archive that are read; others (read-me files, pictures) are ignored.
CSV_SUFFIXES = (".csv", ".tsv", ".txt")
JSON_SUFFIXES = (".jsonl", ".json", ".ndjson")

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SNIFF_BYTES = 1 << 16
#: Texts have no NUL bytes, and damaged texts few; UTF-16 and binary files have many.
_MANY_NULS = 0.2
#: Up to this size, any compression ratio is allowed.
RATIO_BYTES = 64 * MB
#: Errors of the standard library on damaged compressed data: a changed header can name an unknown method, a position
#: outside the file, a password, or an invalid length.
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
    """The bytes of a file, or of a file in a zip archive, without its byte-order mark.

    Attributes
    ----------
    path : Path
        The stored file.
    member : str
        Name in the zip archive, or empty.
    handle : binary file
        The unpacked bytes.
    packed : function of () -> int, optional
        Number of packed bytes, in total or read so far; None if nothing is packed.
    max_ratio : float
        Largest ratio of unpacked to packed bytes.
    n_read : int
        Number of unpacked bytes read, including previous files of a zip archive.
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
        """Name of the stream in messages."""
        return f"{self.path.name}:{self.member}" if self.member else self.path.name

    def read(self, n_bytes: int) -> bytes:
        """Read the next bytes; none at the end of the stream.

        Raises
        ------
        InputError
            The compressed data is damaged or unpacks to too much; or the stream is empty or not text.
        """
        try:
            data = self.handle.read(n_bytes)
        except _DAMAGE as error:
            raise InputError(
                f"{self.name} is damaged: its compressed data cannot be read completely ({error}).",
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
        """Refuse a file whose compression ratio is implausible for posts."""
        if self.packed is None or self.n_read <= RATIO_BYTES:
            return
        n_packed = max(self.packed(), 1)
        if self.n_read > self.max_ratio * n_packed:
            raise InputError(
                f"{self.path.name} unpacks to more than {self.max_ratio:g} times its size "
                f"({self.n_read // MB:,} MB of {n_packed / MB:,.1f} MB so far).",
                "Check the origin of the file. If it is correct, raise `max_ratio`.",
            )


def checked_path(path: Path | str) -> Path:
    """Return the path of a file that exists and is not empty.

    Raises
    ------
    InputError
        The file does not exist, is a folder, is empty, or cannot be read.
    """
    path = Path(path)
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError(f"The file {path} does not exist.", "Check the name and the folder.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}.", "Check its permissions.") from error
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path} is a folder.", "Give the files in it.")
    if status.st_size == 0:
        raise InputError(f"{path} is empty (0 bytes).", "Download or export it again.")
    return path


def sha256(path: Path | str) -> str:
    """Return the SHA-256 of the stored file (compressed or not), in hexadecimal."""
    with checked_path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def streams(path: Path | str, suffixes: Sequence[str], limits: Limits | None = None) -> Iterator[Stream]:
    """Open a file, or one after the other every file in a zip archive that has one of the suffixes.

    Each stream is closed before the next is opened.

    Parameters
    ----------
    path : Path or str
        Plain, ``.gz`` or ``.zip``.
    suffixes : sequence of str
        Suffixes of files in a zip archive to open, with the dot, in lower case.
    limits : Limits, optional
        Limits of unpacked files.

    Raises
    ------
    InputError
        The file cannot be opened, does not match its suffix, or is a zip archive with an unsafe or encrypted file.
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
            raise InputError(
                f"{path.name} has the ending .gz but is not gzip data.", "Rename it, or download it again."
            )
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as unzipped:
            # A GzipFile reads like any binary file.
            yield Stream(path, "", unzipped, raw.tell, limits.max_ratio)  # type: ignore[arg-type]
    elif magic.startswith(_GZIP):
        raise InputError(f"{path.name} is gzip data without the ending .gz.", f"Rename it to {path.name}.gz.")
    elif magic.startswith(_ZIP):
        raise InputError(
            f"{path.name} is a zip archive or an Excel workbook.",
            "Rename a zip archive to .zip. Instead of a workbook, get the original CSV: spreadsheets damage long ids.",
        )
    else:
        with path.open("rb") as plain:
            yield Stream(path, "", plain)


def _members(path: Path, suffixes: Sequence[str], limits: Limits) -> Iterator[Stream]:
    """Yield the streams of a zip archive."""
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise InputError(f"{path.name} cannot be read as a zip archive ({error}).", "Download it again.") from error
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        for info in infos:
            _check_member(path, info)
        wanted = [info for info in infos if _is_data(info.filename, suffixes)]
        if not wanted:
            found = ", ".join(info.filename for info in infos[:5]) or "nothing"
            raise InputError(
                f"{path.name} contains no file that ends in {', '.join(suffixes)}; it contains {found}.",
                "Unpack it and give the file with the rows.",
            )
        n_packed = n_read = 0
        for info in wanted:
            # Members may share packed bytes.
            n_packed = min(n_packed + info.compress_size, path.stat().st_size)
            with _opened(archive, path, info) as member:
                stream = Stream(path, info.filename, member, partial(int, n_packed), limits.max_ratio, n_read)
                yield stream
                n_read = stream.n_read


def _opened(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    """Open a member of a zip archive."""
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
            f"{path.name} contains a file whose name leads to another folder: {name!r}.",
            "Do not trust this archive; get it from its publisher.",
        )
    if info.flag_bits & 0x1:
        raise InputError(f"{path.name} is encrypted (member {name!r}).", "Unpack it with its password first.")


def _is_data(name: str, suffixes: Sequence[str]) -> bool:
    """Whether a member is data: macOS adds hidden files of the same names."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and PurePosixPath(name).suffix.lower() in suffixes


def _check_text(name: str, start: bytes) -> None:
    """Refuse a stream that does not begin with UTF-8 text."""
    if not start:
        raise InputError(f"{name} is empty.", "Download or export it again.")
    if start.startswith(_UTF16_BOMS):
        raise InputError(f"{name} is UTF-16 text.", "Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 old.csv > new.csv.")
    sniffed = start[:_SNIFF_BYTES]
    if sniffed.count(0) > _MANY_NULS * len(sniffed):
        raise no_text(name)


def no_text(name: str) -> InputError:
    """Build the error for a file that is not text."""
    return InputError(
        f"{name} is not a text file: it contains NUL bytes.", "Check that this is the right file, in UTF-8."
    )
