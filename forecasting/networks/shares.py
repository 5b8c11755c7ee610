"""How networks are told of energies: as the logarithm of their share of the meter's level, so that a flat and a farm look alike."""

from __future__ import annotations

import numpy as np

from meterlake.forecasting.panels.panel import Floats

# A share of the level: what is smaller is noise, and its logarithm would be long.
OFFSET = 0.05


def as_share(shares: Floats) -> Floats:
    """Return the logarithm in which energies are told: of their share of the level, and a bit."""
    logarithm: Floats = np.log(np.maximum(shares, 0) + OFFSET).astype(np.float32)
    return logarithm
