"""Who may ask: on loopback everyone, on any other address who holds an API key that is known and has the right.

Keys are kept as SHA-256: they are long random texts, so a slow password hash would add nothing. A given key is
compared with every known one in constant time. A file of keys is read again when it has changed; one that has become
unreadable changes nothing but the log, until it can be read.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from meterlake.api.admission.key_file import ApiKey, Right, read_keys
from meterlake.api.refusals import KeyNeeded, RightMissing
from meterlake.api.settings import ApiSettings
from meterlake.lake.errors import BadParameter
from meterlake.lake.host_names import is_loopback, unmapped_address

_LOOK_AGAIN_SECONDS = 1.0
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class KeyRing:
    """The keys that are known: those of the settings, and those of their file as it stands now."""

    def __init__(self, settings: ApiSettings, complain: Callable[[str], None] = lambda text: None) -> None:
        """Read the keys.

        Raises:
            BadParameter: If the file of keys cannot be read; later that is only complained of.
        """
        digests = [bytes.fromhex(one) for one in settings.key_hashes]
        self._of_settings = tuple(ApiKey(f"key-{digest.hex()[:12]}", digest) for digest in digests)
        self._file = Path(settings.keys_file) if settings.keys_file else None
        self._complain = complain
        self._state = self._state_of_file()
        self._of_file = read_keys(self._file) if self._file else ()
        self._looked_at = time.monotonic()

    def keys(self) -> tuple[ApiKey, ...]:
        """Return every key that is known now."""
        if self._file is not None and time.monotonic() - self._looked_at >= _LOOK_AGAIN_SECONDS:
            self._look_again(self._file)
        return self._of_settings + self._of_file

    def find(self, given: bytes) -> ApiKey | None:
        """Return the key that a text is; all are compared, so that the time says nothing of which."""
        digest = sha256(given).digest()
        found = None
        for key in self.keys():
            if compare_digest(digest, key.digest):
                found = key
        return found

    def _look_again(self, file: Path) -> None:
        self._looked_at = time.monotonic()
        state = self._state_of_file()
        if state == self._state:
            return
        self._state = state
        try:
            self._of_file = read_keys(file)
        except BadParameter as error:
            self._complain(f"the keys stay as they were: {error}")

    def _state_of_file(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat() if self._file else None
        except OSError:
            return None
        return found and (found.st_mtime_ns, found.st_size, found.st_ino)


class KeyCheck:
    """Decides whether a request needs a key, and whether the key it brings opens what it asks."""

    def __init__(self, settings: ApiSettings, complain: Callable[[str], None] = lambda text: None) -> None:
        self.ring = KeyRing(settings, complain)
        self._host_needs_key = not is_loopback(settings.host)

    def needs_key(self, server_address: str | None) -> bool:
        """Say whether a request that came in on this address of ours needs a key.

        The address is looked at besides the setting, so that a server started on another address than the
        settings say is not open by mistake.
        """
        return self._host_needs_key or (server_address is not None and _is_public_address(server_address))

    def known_key(self, key: bytes | None, method: str = "GET") -> ApiKey:
        """Return what is known of a key that may be used so: the name of its caller, which does not give it away, and its rights.

        Raises:
            KeyNeeded: If there is no key, an unknown one, or one that has expired.
            RightMissing: If the key may not do what the method does.
        """
        if key is None:
            raise KeyNeeded("missing")
        known = self.ring.find(key)
        if known is None:
            raise KeyNeeded("unknown")
        if known.has_expired(dt.datetime.now(dt.UTC)):
            raise KeyNeeded("expired")
        needed = Right.READ if method in READING else Right.WRITE
        # Who may approve may ask to: each route that writes looks for the right that it needs.
        if not known.rights & ({needed} if method in READING else {needed, Right.APPROVE}):
            raise RightMissing(known.name, needed)
        return known


@lru_cache(maxsize=256)
def _is_public_address(address: str) -> bool:
    """Say whether a server's own address is an IP address other than loopback; a name or a socket path is none."""
    try:
        return not unmapped_address(address).is_loopback
    except ValueError:
        return False
