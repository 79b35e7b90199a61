"""Source files as bytes: which encoding, whether a byte order mark, and back again unchanged."""

from __future__ import annotations

import tokenize
from io import BytesIO
from typing import NamedTuple

_MARK = b"\xef\xbb\xbf"


class Undecodable(Exception):
    """The bytes are not text in the encoding that they claim; the message says which."""


class Encoded(NamedTuple):
    """A text and how it was written. Line endings are kept; the byte order mark is not part of `text`."""

    text: str
    encoding: str = "utf-8"
    has_mark: bool = False

    def encode(self, text: str) -> bytes:
        """`text` written the same way. Raises UnicodeEncodeError for a character the encoding lacks."""
        return (_MARK if self.has_mark else b"") + text.encode(self.encoding)


def decode(content: bytes) -> Encoded:
    """The text of a Python file, by its mark or coding comment, else UTF-8. Raises Undecodable."""
    has_mark = content.startswith(_MARK)
    body = content[len(_MARK) :] if has_mark else content
    encoding = "utf-8"
    try:
        if b"coding" in body[:400]:
            encoding = tokenize.detect_encoding(BytesIO(content).readline)[0].removesuffix("-sig")
        return Encoded(body.decode(encoding), encoding, has_mark)
    except (SyntaxError, LookupError, UnicodeDecodeError, ValueError):
        raise Undecodable(encoding) from None
