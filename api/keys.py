"""Who may ask: on loopback everyone, on any other address who holds an API key.

Keys are kept as SHA-256: they are long random texts, so a slow password hash would add nothing. A given key is
compared with every known one in constant time.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest

from meterlake.api.refusals import KeyNeeded
from meterlake.api.settings import ApiSettings
from meterlake.lake.host_names import is_loopback, unmapped_address


class KeyCheck:
    """Decides whether a request needs a key, and whether the key it brings is known."""

    def __init__(self, settings: ApiSettings) -> None:
        self._hashes = tuple(bytes.fromhex(one) for one in settings.key_hashes)
        self._host_needs_key = not is_loopback(settings.host)

    def needs_key(self, server_address: str | None) -> bool:
        """Say whether a request that came in on this address of ours needs a key.

        The address is looked at besides the setting, so that a server started on another address than the
        settings say is not open by mistake.
        """
        return self._host_needs_key or (server_address is not None and _is_public_address(server_address))

    def caller_of(self, key: bytes | None) -> str:
        """Return a name for the caller that a key stands for; it does not give the key away.

        Raises:
            KeyNeeded: If there is no key, or an unknown one.
        """
        if key is None:
            raise KeyNeeded(was_given=False)
        digest = sha256(key).digest()
        known = False
        for one in self._hashes:
            known |= compare_digest(digest, one)
        if not known:
            raise KeyNeeded(was_given=True)
        return "key-" + digest.hex()[:12]


@lru_cache(maxsize=256)
def _is_public_address(address: str) -> bool:
    """Say whether a server's own address is an IP address other than loopback; a name or a socket path is none."""
    try:
        return not unmapped_address(address).is_loopback
    except ValueError:
        return False
