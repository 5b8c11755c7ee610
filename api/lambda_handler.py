"""What AWS Lambda starts: `meterlake.api.lambda_handler.handler` answers an API Gateway event.

The application is made once a cold start, while Lambda loads this module, from the same settings (METERLAKE_*) as on a
laptop; api/gateway.py says what becomes of keys there.
"""

from __future__ import annotations

import logging

from meterlake.api.gateway import create_handler
from meterlake.api.json_logging import log_as_json

log_as_json(logging.WARNING)
handler = create_handler()
