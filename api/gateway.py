"""The application as a function that answers API Gateway's events instead of a server's requests.

Enters: the application and its settings. Leaves: a function of an event and its context, for REST APIs (format 1.0) and
HTTP APIs (format 2.0).

Keys and quotas are the gateway's. Nothing listens here, so METERLAKE_API_HOST and METERLAKE_API_PORT mean nothing. Where
METERLAKE_API_KEY_HASHES or METERLAKE_API_KEYS_FILE is set, each request needs a known `x-api-key` here as well: the second lock, should somebody
reach the function past the gateway. METERLAKE_API_REQUESTS_PER_MINUTE counts in each running copy of the function by
itself, so it bounds a copy and not the API.
"""

from __future__ import annotations

from mangum import Mangum

from meterlake.api.application import create_application
from meterlake.api.settings import ApiSettings
from meterlake.lake.host_names import ANY_HOST
from meterlake.lake.port import Lake

# What is text goes out as text; all else (Parquet) as base64, which the gateway undoes.
_TEXT_TYPES = [
    "text/",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/x-ndjson",
]


def gateway_settings(settings: ApiSettings) -> ApiSettings:
    """Return the settings with the gateway's rules on keys and names in place of those for loopback."""
    return settings.model_copy(
        update={
            "host": "0.0.0.0" if settings.has_keys else "127.0.0.1",
            "hosts": (ANY_HOST,),
            "trusted_proxies": (ANY_HOST,),
        }
    )


def create_handler(lake: Lake | None = None, settings: ApiSettings | None = None) -> Mangum:
    """Build the function that Lambda calls with an event and its context.

    Args:
        lake: The lake to answer from; by default the one that METERLAKE_LAKE names.
        settings: By default read from METERLAKE_API_*.
    """
    application = create_application(lake, gateway_settings(settings or ApiSettings()))
    return Mangum(application, lifespan="off", text_mime_types=_TEXT_TYPES)
