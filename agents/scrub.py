"""Secrets are taken out of whatever is sent to a model, recorded or shown."""

import functools
import os
import re

HIDDEN = "[secret]"
_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)", re.IGNORECASE)
_LEAST, _LEAST_PLAIN = 8, 16
"""Characters of a variable's value; a shorter one, or a word without digits that is shorter than
the second, is more likely to be an ordinary word of the source (DB_PASSWORD=postgres)."""
# The shapes of well-known keys: OpenAI and Anthropic, GitHub, Slack, AWS, Google, JSON web tokens,
# PEM blocks, and what follows "Bearer".
_SHAPES = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}|\bgh[opsur]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{30,}"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|(?<=Bearer )[\w.~+/=-]{12,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)


def scrubbed(text: str) -> str:
    """The text without the values of secret-sounding environment variables and known keys."""
    for value in _values(tuple(sorted(os.environ.items()))):
        text = text.replace(value, HIDDEN)
    return _SHAPES.sub(HIDDEN, text)


@functools.lru_cache(maxsize=4)
def _values(environment: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Longest first, so that one that holds another is hidden whole."""
    found = {
        value
        for name, value in environment
        if _SECRET_NAME.search(name)
        and len(value) >= (_LEAST if re.search(r"\d", value) else _LEAST_PLAIN)
        and not value.startswith("/")
    }
    return tuple(sorted(found, key=len, reverse=True))
