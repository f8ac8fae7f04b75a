"""Random names for links, devices and codes: at least 128 bits, looked up by hash, never stored bare."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

# Crockford's base 32 without the letters people confuse; all of it is in the alphanumeric set of a QR code.
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_key = b""


def use_key(secret_key: str) -> None:
    """Take the key that personal links are derived from; called once by the factory."""
    global _key  # noqa: PLW0603  One process serves one installation.
    _key = hashlib.sha256(b"eventsys links\0" + secret_key.encode()).digest()
    derived.cache_clear()


def new_nonce() -> str:
    """16 random bytes as 22 characters: what a row keeps of its personal link."""
    return secrets.token_urlsafe(16)


@lru_cache(maxsize=4096)
def derived(purpose: str, nonce: str) -> str:
    """The secret (22 characters, 128 bits) that belongs to a nonce; the same each time, so it can be sent again."""
    digest = hmac.new(_key, f"{purpose}\0{nonce}".encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_secret() -> str:
    """A secret shown once (device tokens): 32 random bytes as 43 characters."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What the database keeps to find a secret by: SHA-256 in hexadecimal. Secrets are random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def readable(length: int) -> str:
    """A random code of `length` characters (5 bits each) that can be read aloud."""
    # The letters are 32: each byte of randomness gives one of them evenly.
    return "".join(READABLE[byte & 31] for byte in secrets.token_bytes(length))


_FOLDED = dict.fromkeys(c for c in range(128) if not chr(c).isalnum() and chr(c) != ":") | str.maketrans("ILO", "110")


def as_typed(code: str) -> str:
    """Fold what people type for a readable code: case, blanks, hyphens and the look-alikes I, L, O."""
    upper = code.upper()
    # Hundreds of codes come in one call, and none of them holds anything but ASCII.
    kept = upper if upper.isascii() else "".join(c for c in upper if c.isalnum() or c == ":")
    return kept.translate(_FOLDED)
