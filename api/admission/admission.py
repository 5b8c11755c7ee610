"""Who is let in, and under which name: the host that is named, the key, the rights, the rate; before anything is answered.

Enters: a request's addresses and headers. Leaves: the caller's name and what they have left, or a refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Scope

from meterlake.api.admission.key_file import ApiKey, Right
from meterlake.api.admission.keys import READING, KeyCheck
from meterlake.api.admission.rates import REQUESTS_PER_MINUTE_OF_A_KEY, WRONG_KEYS_PER_MINUTE, Allowance, RateLimit
from meterlake.api.canonical_request import ESCAPED_SLASH
from meterlake.api.refusals import KeyInAddress, KeyNeeded, TooManyRequests, WrongHost
from meterlake.api.settings import ApiSettings
from meterlake.lake.host_names import is_own_host

# Requests that a proxy nobody vouched for hands on: what it says of the caller may be made up.
_BEHIND_A_PROXY = "behind a proxy"
# Who tries key after key waits for each.
_WRONG_KEY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller by name: the key's, or the address; what is left of their minute, where that is counted, and what their key may do."""

    caller: str
    allowance: Allowance | None = None
    rights: frozenset[Right] = frozenset()


class Admission:
    """The rules of one server."""

    def __init__(self, settings: ApiSettings, complain: Callable[[str], None]) -> None:
        self._keys = KeyCheck(settings, complain)
        self._has_keys = settings.has_keys
        self._hosts = settings.hosts
        self._trusts_proxies = bool(settings.trusted_proxies)
        limit = settings.requests_per_minute
        self._key_rate = RateLimit(limit or REQUESTS_PER_MINUTE_OF_A_KEY)
        self._loopback_rate = None if limit is None else RateLimit(limit)
        self._wrong_keys = RateLimit(WRONG_KEYS_PER_MINUTE)

    async def admit(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Admitted:
        """Let a request in.

        Args:
            scope: The request.
            headers: Its headers, one that stands several times as one list.

        Raises:
            KeyInAddress: If the address holds a key.
            KeyNeeded: If a key is needed, and none that opens anything is given.
            RightMissing: If the key may not do what is asked.
            WrongHost: If no key is needed, and the host is not this machine's.
            TooManyRequests: If the caller's minute is used up.
        """
        if self._has_keys and self._holds_key(scope):
            raise KeyInAddress
        server, address = scope.get("server") or ("", None), self._address(scope, headers)
        key, method = headers.get(b"x-api-key"), scope["method"]
        # Who writes on loopback with a key is known by it.
        if self._keys.needs_key(server[0]) or (key is not None and method not in READING):
            known = await self._known_key(key, method, address)
            return Admitted(known.name, self._key_rate.take(known.name), known.rights)
        hosts = (value for name, value in scope["headers"] if name == b"host")
        if not is_own_host(hosts, (*self._hosts, server[0])):  # or by the very address that it came in on
            raise WrongHost
        return Admitted(address, None if self._loopback_rate is None else self._loopback_rate.take(address))

    def is_key(self, text: bytes) -> bool:
        """Say whether a text is a key, and so nothing to be written down."""
        return self._has_keys and self._keys.ring.find(text) is not None

    async def _known_key(self, key: bytes | None, method: str, address: str) -> ApiKey:
        try:
            return self._keys.known_key(key, method)
        except KeyNeeded as refusal:
            if refusal.was_given:
                await self._slow_down(address)
            raise

    async def _slow_down(self, address: str) -> None:
        try:
            self._wrong_keys.take(address)
        except TooManyRequests:
            await asyncio.sleep(_WRONG_KEY_SECONDS)
            raise

    def _address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        if not self._trusts_proxies and b"x-forwarded-for" in headers:
            return _BEHIND_A_PROXY
        client = scope.get("client")
        return client[0] if client else "unknown"

    def _holds_key(self, scope: Scope) -> bool:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        texts = [text for pair in pairs for text in pair] + scope["path"].replace(ESCAPED_SLASH, "/").split("/")
        return any(self.is_key(text.encode("utf-8", "replace")) for text in texts if text)
