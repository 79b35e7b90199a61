"""What stands where a secret will be: words, templates, dummies, hashes."""

from __future__ import annotations

import re

_STOP_WORDS = re.compile(
    r"example|change.?me|change.?this|change.?it|your|x{4,}|dummy|test|fake|placeholder|sample|insert"
    r"|todo|replace|default|mock|foo|demo|password|passwd|passw0rd|secret|token|api.?key|redacted|hidden"
    r"|undefined|qwerty|abcdef|12345|98765|0{5,}|1{5,}|a{5,}|123e4567|lorem|invalid|random|unsafe|hunter2"
    r"|insecure.?(?:key|dev)|not.?(?:a|so|real|used)|s3cr3t|\*{3}|\.{3}|correct.?horse|deadbeef|masterkey|taosdata",
    re.IGNORECASE,
)
_CERTAIN_WORDS = re.compile(r"example|placeholder|redacted|x{6,}|\*{3}|\.{3}", re.IGNORECASE)
_LONG = 100
_SHORT = 4
_TEMPLATE = re.compile(
    r"\{[^}]*\}|<[^>]*>|\$\{|\$\(|%\(\w+\)|^\$\w+$|^%\w+%$|^\[.*\]$|%[sdr]\b|^:\w+$|^@\w+@$"
)
_HASH = re.compile(
    r"^(?:pbkdf2|argon2|bcrypt|scrypt|sha\d+|md5|crypt|phpass)\w*\$|^\$\w{1,12}\$|^\{[A-Z\d]+\}"
)
_CODE = re.compile(
    r"\\|\(\?|\[\^?[A-Za-z]|^[./#~?@]|://|^[A-Za-z]+\(|[\[(]\w*[\])]$|^-{1,2}\w|[;,=]\w+=|^data:"
)
_BORDERS = re.compile(r"[-_./:+@,|= ]|(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[A-Za-z]?[a-z]*\d{0,4}|[A-Z]+\d{0,4}|\d{1,4}(?:px|em|ms|s)?|v\d+")
_CAMEL_CASE = re.compile(r"[a-z]{3,}\d{0,2}(?:[A-Z][a-z]{3,}\d{0,2})+")
_KNOWN_PREFIX = re.compile(r"^django-insecure-")


def is_placeholder(text: str) -> bool:
    """Whether the text is a dummy, or is filled in before use."""
    rest = _KNOWN_PREFIX.sub("", text)
    if len(rest) > _LONG:  # by chance, short words occur in long random texts
        return _CERTAIN_WORDS.search(rest) is not None
    return _STOP_WORDS.search(rest) is not None or _TEMPLATE.search(rest) is not None


def is_wording(text: str) -> bool:
    """Whether the text is made of words, is code or a path, or is a hash: nothing that opens a door."""
    if _KNOWN_PREFIX.match(text):
        return False
    if not any(map(str.isdigit, text)) or not any(map(str.isalpha, text)):
        return True
    if _HASH.match(text) or _CODE.search(text) or _CAMEL_CASE.fullmatch(text):
        return True
    parts = _BORDERS.split(text)
    words = sum(len(part) for part in parts if _WORD.fullmatch(part))
    short = sum(len(part) for part in parts if len(part) <= _SHORT and not _WORD.fullmatch(part))
    return words + short == sum(map(len, parts)) and short <= words
