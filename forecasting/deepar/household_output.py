"""The distribution of a household's next interval, for GluonTS: a mixture of log-normals that starts at zero.

A house is asleep, ordinary, or cooking: the load of one interval has several humps, a long upper tail, often a pile
at zero, and never falls below it. GluonTS's torch outputs have no such shape; its forecasts go below zero or miss
the humps. `log(share + offset)` is a mixture of normals here; the offset lets a narrow component stand for zero.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from gluonts.core.component import validated
from gluonts.torch.distributions import DistributionOutput
from torch import Tensor
from torch.distributions import Distribution, constraints
from torch.nn import functional

# In shares of the meter's mean: below a twentieth, loads are told apart no more.
_OFFSET = 0.05
_NARROWEST = 0.02


class HouseholdLoad(Distribution):
    """A mixture of log-normals moved down by an offset and cut at zero."""

    arg_constraints: ClassVar[dict[str, Any]] = {}
    support = constraints.nonnegative

    def __init__(self, logits: Tensor, locations: Tensor, widths: Tensor) -> None:
        self.logits = logits
        self.locations = locations
        self.widths = widths
        super().__init__(batch_shape=logits.shape[:-1], validate_args=False)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the log-density of shares, 0 or more."""
        logarithm = torch.log(value.clamp(min=0) + _OFFSET)
        parts = torch.distributions.Normal(self.locations, self.widths, validate_args=False)
        weights = functional.log_softmax(self.logits, dim=-1)
        densities: Tensor = parts.log_prob(logarithm.unsqueeze(-1))  # type: ignore[no-untyped-call]
        return torch.logsumexp(weights + densities, dim=-1) - logarithm

    def sample(self, sample_shape: Any = torch.Size()) -> Tensor:  # noqa: B008 - as the base class has it
        """Draw shares, 0 or more."""
        shape = torch.Size(sample_shape) + self.logits.shape
        # The largest of logits with Gumbel noise is a draw of the component (Maddison and others, ICLR 2017).
        noise = -torch.log(torch.empty(shape).exponential_())
        chosen = (self.logits + noise).argmax(dim=-1, keepdim=True)
        location = self.locations.expand(shape).gather(-1, chosen).squeeze(-1)
        width = self.widths.expand(shape).gather(-1, chosen).squeeze(-1)
        # One draw in ten thousand beyond exp(4) of the mean would feed itself back into the network.
        logarithm = (location + width * torch.randn(shape[:-1])).clamp(max=4.0)
        return (torch.exp(logarithm) - _OFFSET).clamp(min=0)


class HouseholdOutput(DistributionOutput):  # type: ignore[misc]  # gluonts has no types
    """What turns a network's output into a `HouseholdLoad`.

    Args:
        components: How many log-normals are mixed.
    """

    distr_cls: type = HouseholdLoad

    @validated()  # type: ignore[no-untyped-call, untyped-decorator]
    def __init__(self, components: int = 4) -> None:
        super().__init__()
        self.components = components
        self.args_dim = {"logits": components, "locations": components, "widths": components}

    def domain_map(self, *args: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Spread the components over the usual range before anything is learned, and keep widths above zero."""
        logits, locations, widths = args
        spread = torch.linspace(-1.5, 0.8, self.components)
        return logits, locations + spread, functional.softplus(widths - 0.7) + _NARROWEST

    @property
    def event_shape(self) -> tuple[()]:
        """One value an interval."""
        return ()
