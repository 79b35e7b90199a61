"""Which literals look like secrets: shapes that providers give their tokens, and values of telling names.

Facts keep what is said here (`Found`), never the value itself.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from .placeholders import is_placeholder, is_wording

SHORTEST = 12
"""No shape and no value of a telling name is shorter."""
_LONGEST_NAME = 60
_ENTROPY = 3.5


class Found(NamedTuple):
    """Whose secret it is ("" where only its name says so), what may be shown of it, and whether the literal
    holds anything else."""

    provider: str
    prefix: str
    length: int
    is_whole: bool


class Shape(NamedTuple):
    """What a provider's secrets look like; the group `shown` is the same in all of them."""

    provider: str
    pattern: re.Pattern[str]
    entropy: float


def _shape(provider: str, pattern: str, entropy: float) -> Shape:
    return Shape(provider, re.compile(pattern, re.ASCII), entropy)


_SHAPES = (
    _shape("AWS access key", r"\b(?P<shown>A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b", 3.0),
    _shape("GitHub token", r"\b(?P<shown>gh[pousr]_)[0-9A-Za-z]{36}\b", 3.0),
    _shape("GitHub token", r"\b(?P<shown>github_pat_)\w{82}\b", 3.0),
    _shape("GitLab token", r"\b(?P<shown>glpat-)[\w-]{20,}", 3.0),
    _shape("Stripe key", r"\b(?P<shown>[sr]k_(?:live|prod)_)[0-9A-Za-z]{10,99}\b", 3.0),
    _shape("Stripe test key", r"\b(?P<shown>[sr]k_test_)[0-9A-Za-z]{16,99}\b", 3.0),
    _shape("Slack token", r"\b(?P<shown>xox[baprse]-)(?:\d[\d-]{8,}-)?[0-9A-Za-z-]{20,}", 3.0),
    _shape("Slack token", r"\b(?P<shown>xapp-)\d-[A-Z0-9]+-\d+-[0-9a-z]{20,}", 3.0),
    _shape(
        "Slack webhook",
        r"(?P<shown>hooks\.slack\.com/(?:services|workflows|triggers)/)[A-Za-z0-9+/]{43,56}",
        3.0,
    ),
    _shape("OpenAI key", r"\b(?P<shown>sk-(?:proj-|svcacct-|admin-)?)[\w-]{20,}T3BlbkFJ[\w-]{20,}", 3.0),
    _shape("Anthropic key", r"\b(?P<shown>sk-ant-(?:api03|admin01)-)[\w-]{93}AA\b", 3.0),
    _shape("Google API key", r"\b(?P<shown>AIza)[\w-]{35}(?![\w-])", 4.0),
    _shape("JSON Web Token", r"\b(?P<shown>ey)[A-Za-z0-9]{17,}\.ey[\w/-]{17,}\.[\w/-]{10,}", 3.0),
    _shape(
        "private key",
        r"(?P<shown>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)(?:\s|\\n)*[A-Za-z0-9+/=\s\\,:-]{64,}",
        3.0,
    ),
    _shape("SendGrid key", r"\b(?P<shown>SG\.)[\w-]{22}\.[\w-]{43}\b", 3.0),
    _shape("npm token", r"\b(?P<shown>npm_)[A-Za-z0-9]{36}\b", 3.0),
    _shape("PyPI token", r"\b(?P<shown>pypi-)AgEIcHlwaS5vcmc[\w-]{50,}", 3.0),
    _shape("Hugging Face token", r"\b(?P<shown>hf_)[A-Za-z]{34}\b", 3.0),
    _shape("DigitalOcean token", r"\b(?P<shown>do[op]_v1_)[a-f0-9]{64}\b", 3.0),
    _shape("Databricks token", r"\b(?P<shown>dapi)[a-f0-9]{32}\b", 3.0),
    _shape("Sentry token", r"\b(?P<shown>sntry[su]_)[\w+/=-]{40,}", 3.0),
    _shape("Vault token", r"\b(?P<shown>hvs\.)[\w-]{90,120}", 3.0),
    _shape("Linear key", r"\b(?P<shown>lin_api_)[A-Za-z0-9]{40}\b", 3.0),
    _shape("Telegram token", r"\b(?P<shown>)\d{8,10}:AA[\w-]{33}(?![\w-])", 3.0),
    _shape("Azure storage key", r"\b(?P<shown>AccountKey=)[A-Za-z0-9+/]{86}==", 3.0),
    _shape("Azure client secret", r"(?<![\w~.-])(?P<shown>)[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])", 3.0),
)
_ANY = re.compile(
    r"A3T|AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|glpat-|[sr]k_(?:live|prod|test)_|xox[a-z]-|xapp-"
    r"|hooks\.slack|T3BlbkFJ|sk-ant-|AIza|\.ey|PRIVATE KEY-|SG\.|npm_|pypi-Ag|hf_|do[op]_v1_|dapi|sntry[su]_"
    r"|hvs\.|lin_api_|AccountKey=|:AA|Q~|://[^/\s]*@"
)
_ADDRESS = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^\s:/@]*):(?P<password>[^\s/@]{6,})@"
    r"(?P<host>[^\s/:,?#\"']+)"
)
_DUMMY_HOST = re.compile(
    r"(^|\.)(example\.(com|org|net)|example|test|invalid)$|(^|[.-])(my|your|some)|^(host(name)?|server|domain)$",
    re.I,
)
_LOCAL = re.compile(
    r"(localhost|[\w-]+|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|10\.[\d.]+|192\.168\.[\d.]+|host\.docker\.internal)$"
)
LOCAL_ADDRESS = "local address"
ADDRESS = "address with a password"

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET_NAME = re.compile(
    r"(?:.*(?:password|passwd|passphrase|secret|apikey|authtoken|accesstoken|secretkey)"
    r"|(?:.*_)?(?:pass|pwd|token|credentials?"
    r"|(?:api|secret|private|access|signing|encryption|auth|master|account|jwt|fernet|hmac|crypto|cipher|aes)_key))"
    r"(?:_?(?:\d+|prod|production|live|staging|value|default|str|bytes|fallbacks?))?$"
)
_HARMLESS_NAME = re.compile(
    r"(?:.*_)?(?:next|page|csrf|csrfmiddleware|eos|bos|pad|unk|mask|sep|stop|continuation|sync|start|end|first"
    r"|last|special|invalid|missing|bad|wrong|expired|no|by|public|dummy|fake|mock|example|sample)_(?:password|secret|token|pass|(?:\w+_)?key)$"
)


@lru_cache(4096)
def is_secret_name(name: str) -> bool:
    """Whether a value under that name is a secret."""
    if len(name) > _LONGEST_NAME:
        return False
    words = _WORD_BORDER.sub("_", name).lower().replace("-", "_")
    return _SECRET_NAME.match(words) is not None and _HARMLESS_NAME.match(words) is None


def shaped(text: str) -> Found | None:
    """The secret in a literal that its shape gives away."""
    if _ANY.search(text) is None:
        return None
    for shape in _SHAPES:
        for match in shape.pattern.finditer(text):
            rest = match[0][len(match["shown"]) :]
            if entropy(rest) >= shape.entropy and not is_placeholder(rest):
                return Found(shape.provider, match["shown"], len(match[0]), _is_whole(match, text))
    return _address(text)


def named(text: str, name: str) -> Found | None:
    """The secret that a literal under a telling name is; one that ends with the name only says it again."""
    if len(text) < SHORTEST or not text.isprintable() or not text.isascii() or " " in text:
        return None
    if is_wording(text) or is_placeholder(text) or entropy(text) < _ENTROPY or text.endswith(f":{name}"):
        return None
    return Found("", "", len(text), True)


def entropy(text: str) -> float:
    """Bits per character, by how often each occurs."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())


def _address(text: str) -> Found | None:
    for match in _ADDRESS.finditer(text):
        password, host = match["password"], match["host"]
        if is_placeholder(password) or is_placeholder(match["user"] + "@") or _DUMMY_HOST.search(host):
            continue
        if password.lower() in (match["user"].lower(), host.lower()) or entropy(password) < 2:
            continue
        is_local, is_sentence = _LOCAL.match(host), " " in text
        if is_local and is_sentence and password.isalpha():
            continue
        provider = LOCAL_ADDRESS if is_local else ADDRESS
        return Found(provider, match["scheme"] + "://", len(match[0]), match.start() == 0 and not is_sentence)
    return None


def _is_whole(match: re.Match[str], text: str) -> bool:
    return match[0].strip() == text.strip() or "PRIVATE KEY" in match["shown"]
