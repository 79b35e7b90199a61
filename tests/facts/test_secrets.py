"""What counts as a secret, by shape and by name. All tokens are put together here, never written out."""

from __future__ import annotations

import base64
import random
import string

import pytest

from pybackend.facts.secrets import ADDRESS, LOCAL_ADDRESS, is_secret_name, named, shaped

LETTERS = string.ascii_letters
ALNUM = LETTERS + string.digits
HEX = "0123456789abcdef"
CAPITALS = string.ascii_uppercase + "234567"


def drawn(alphabet: str, length: int, seed: str = "") -> str:
    return "".join(random.Random(f"{alphabet}{length}{seed}").choices(alphabet, k=length))


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


SHAPES = {
    "AWS access key": ["AK" + "IA" + drawn(CAPITALS, 16)],
    "GitHub token": ["gh" + f"{kind}_" + drawn(ALNUM, 36) for kind in "pousr"]
    + ["github" + "_pat_" + drawn(ALNUM, 82)],
    "GitLab token": ["glp" + "at-" + drawn(ALNUM, 20)],
    "Stripe key": ["sk" + "_live_" + drawn(ALNUM, 24), "rk" + "_live_" + drawn(ALNUM, 99)],
    "Stripe test key": ["sk" + "_test_" + drawn(ALNUM, 24)],
    "Slack token": ["xo" + "xb-" + drawn("123456789", 12) + "-" + drawn(ALNUM, 24)],
    "Slack webhook": ["https://hooks." + "slack.com/services/" + drawn(ALNUM, 44)],
    "OpenAI key": ["sk" + "-" + drawn(ALNUM, 20) + "T3Blbk" + "FJ" + drawn(ALNUM, 20)],
    "Anthropic key": ["sk" + "-ant-api03-" + drawn(ALNUM, 93) + "AA"],
    "Google API key": ["AI" + "za" + drawn(ALNUM, 35)],
    "JSON Web Token": [
        encoded('{"alg":"HS256","typ":"JWT"}')
        + "."
        + encoded('{"sub":"u81","iat":1}')
        + "."
        + drawn(ALNUM, 43)
    ],
    "private key": [
        "-----BEGIN RSA " + "PRIVATE KEY-----\n" + drawn(ALNUM, 64, "a") + "\n" + drawn(ALNUM, 64, "b") + "\n"
    ],
    "SendGrid key": ["S" + "G." + drawn(ALNUM, 22) + "." + drawn(ALNUM, 43)],
    "npm token": ["np" + "m_" + drawn(ALNUM, 36)],
    "PyPI token": ["py" + "pi-AgEIcHlwaS5vcmc" + drawn(ALNUM, 60)],
    "Hugging Face token": ["h" + "f_" + drawn(LETTERS, 34)],
    "DigitalOcean token": ["dop" + "_v1_" + drawn(HEX, 64)],
    "Databricks token": ["da" + "pi" + drawn(HEX, 32)],
    "Sentry token": ["sntr" + "ys_" + drawn(ALNUM, 60)],
    "Vault token": ["hv" + "s." + drawn(ALNUM, 95)],
    "Linear key": ["lin" + "_api_" + drawn(ALNUM, 40)],
    "Telegram token": [drawn("123456789", 10) + ":A" + "A" + drawn(ALNUM, 33)],
    "Azure storage key": ["AccountName=shop;Account" + "Key=" + drawn(ALNUM, 86) + "=="],
    "Azure client secret": [drawn(ALNUM, 3) + "8Q" + "~" + drawn(ALNUM, 34)],
    ADDRESS: ["postgresql://shop:" + drawn(ALNUM, 12) + "@db.shop.net/shop"],
    LOCAL_ADDRESS: ["redis://:" + drawn(ALNUM, 12) + "@localhost:6379/0"],
}


@pytest.mark.parametrize(
    ("provider", "text"), [(provider, text) for provider, texts in SHAPES.items() for text in texts]
)
def test_shapes(provider: str, text: str) -> None:
    found = shaped(text)
    assert found is not None and found.provider == provider
    assert found.prefix in text and len(found.prefix) < 40
    inside = shaped(f"use {text} here")
    assert (
        inside is not None and inside.provider == provider and not (inside.is_whole and text in inside.prefix)
    )


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7" + "EXAMPLE",
        "gh" + "p_" + "x" * 36,
        "sk" + "_live_your_key_goes_here",
        "pk" + "_live_" + drawn(ALNUM, 24),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "postgresql://shop:{password}@db.shop.net/shop",
        "postgresql://postgres:postgres@db.shop.net/shop",
        "https://user:" + drawn(ALNUM, 12) + "@example.com/",
        "redis://cache.shop.net:6379/0",
        "the monkey.eyes are open",
    ],
)
def test_what_has_no_shape(text: str) -> None:
    assert shaped(text) is None


@pytest.mark.parametrize(
    "name",
    [
        *("password", "DB_PASSWORD", "smtpPassword", "dbpassword", "db_pass", "PWD", "passphrase"),
        *("api_key", "apiKey", "X-API-Key", "OPENAI_API_KEY", "secret", "client_secret", "SECRET_KEY"),
        *(
            "token",
            "access_token",
            "bot_token",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY_FALLBACKS",
            "private_key",
        ),
        *("signing_key", "jwt_key", "password2", "API_KEY_PROD", "page_access_token"),
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "token_url",
            "password_field",
            "secret_path",
            "api_key_name",
            "token_header",
            "secret_id",
            "tokenUrl",
        ),
        *("password_hash", "token_type", "api_key_env", "secret_dir", "token_expiry", "password_regex"),
        *("next_token", "csrf_token", "page_token", "eos_token", "invalid_token", "public_key", "compass"),
        *("cache_key", "key", "primary_key", "keyword", "bypass", "tokens_used", "password" * 20),
    ],
)
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        drawn(ALNUM, 20),
        drawn(HEX, 64),
        "django-insecure-" + drawn(ALNUM + "!@#^&*(-_=+", 50),
        drawn(ALNUM + "!#", 16),
    ],
)
def test_values_that_look_random(value: str) -> None:
    assert named(value, "token") is not None


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "hunter2",
            "short-1",
            "correct-horse-battery-staple",
            "changeme-2026-please",
            "1234567890abcdef",
        ),
        *("<your-token-1234>", "${API_TOKEN_1}", "{{ vault_token_9 }}", "%(token)s-1234567", "$API_TOKEN_17"),
        *(
            "/run/secrets/db-8f3k2j",
            "https://shop.net/x9f8e7d6",
            "config/tokens/v2/key9.pem",
            "shop.auth.Token2Backend",
        ),
        *("pbkdf2_sha256$1000000$abc$def8", "$2b$12$abcdefghijklmnopq", "A sentence with 14 words in it."),
        *("oauth2_access_token_v2", "m2m-client-credentials", r"^[A-Z0-9]{20,}\d$", "aaaaaaaaaaaaaaaa1111"),
    ],
)
def test_values_that_do_not(value: str) -> None:
    assert named(value, "token") is None
