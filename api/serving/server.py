"""How `meterlake serve` and `meterlake endpoint` put an application on the network: the one place that starts a server."""

from __future__ import annotations

from typing import Any

from meterlake.api.logs import RequestLog
from meterlake.api.serving.guarded_protocol import ConnectionLimits, guarded
from meterlake.api.settings import ApiSettings

# A caller's last answer is waited for when the server stops, and a little longer.
_GRACE_SECONDS = 5


def server_options(settings: ApiSettings, *, body_bytes: int = ConnectionLimits.body_bytes) -> dict[str, Any]:
    """Return what uvicorn is told beside the application and where to listen.

    Args:
        settings: Limits of connections, and whether they are logged.
        body_bytes: The largest body that is read.
    """
    limits = ConnectionLimits(
        head_bytes=settings.head_kb * 1024, body_bytes=body_bytes, connections=settings.connections
    )
    proxies = ",".join(settings.trusted_proxies)
    return {
        "http": guarded(limits, RequestLog(is_on=settings.request_log)),
        "loop": "auto",  # uvloop where there is one
        "ws": "none",
        # The caller's address is the connection's own, unless who may say otherwise is named.
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies,
        "server_header": False,
        "access_log": False,
        "log_level": "error",
        "timeout_graceful_shutdown": int(settings.answer_seconds) + _GRACE_SECONDS,
    }
