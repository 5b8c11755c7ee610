"""Maximum a posteriori fits of the band model, many meters at once.

Enters: one design matrix and the values of all meters that share it. Leaves: coefficients and noise.
The posterior of one meter, with residuals e = y - A theta and noise sigma, is up to a constant

    n log sigma + |e|^2 / (2 sigma^2) + sigma^2 / (2 s^2) + theta' P theta / 2 + sum |delta| / tau

(normal priors on all coefficients but the changepoints' delta, which have Laplace priors, and a half-normal one on
the noise). Given the coefficients, the best noise is the root of a quadratic. Given the noise, the coefficients are
a lasso, solved by the alternating direction method of multipliers (Boyd and others, "Distributed optimization and
statistical learning via ADMM", Foundations and Trends in Machine Learning 3, 2011) with its penalty parameter
proportional to sigma^2. Then every meter's linear system is G + sigma^2 B with the same G and B, and one
generalised eigendecomposition solves them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_OVER_RELAXATION = 1.7
_NOISE_FLOOR = 1e-4


@dataclass(frozen=True)
class Priors:
    """The widths of the priors, for values scaled to at most 1.

    Attributes:
        trend: Standard deviation of growth and offset.
        changepoint: Scale of the Laplace prior on changes of growth.
        coefficient: Standard deviation of seasonal, holiday and other coefficients.
        noise: Scale of the half-normal prior on the noise.
    """

    trend: float = 5.0
    changepoint: float = 0.05
    coefficient: float = 10.0
    noise: float = 0.5


@dataclass(frozen=True)
class FitOptions:
    """How the fit is run.

    Attributes:
        iterations: Steps of the alternating direction method.
        steps_a_noise: Steps between two updates of noise and clipped residuals.
        clip_sigmas: Residuals beyond so many noises count as that many (Huber); infinity for least squares.
        penalty: The method's penalty parameter over sigma^2; changes its pace, not its answer.
    """

    iterations: int = 300
    steps_a_noise: int = 10
    clip_sigmas: float = float("inf")
    penalty: float = 60.0


@dataclass(frozen=True)
class BandFit:
    """What was fitted.

    Attributes:
        coefficients: `(n_meters, n_columns)`, in the scaled unit.
        noise: Standard deviation of a day's noise, `(n_meters,)`, in the scaled unit.
    """

    coefficients: Floats
    noise: Floats


class SharedDesign:
    """A design matrix made ready for any number of meters with the same present days."""

    def __init__(self, columns: Floats, n_changepoints: int, priors: Priors, penalty: float) -> None:
        """Decompose the design.

        Args:
            columns: `(n_days, n_columns)`: growth, offset, changepoints, then the other columns.
            n_changepoints: How many of them are changepoints.
            priors: The priors' widths.
            penalty: See FitOptions.
        """
        self.columns = columns
        self.priors = priors
        self.penalty = penalty
        self.hinges = slice(2, 2 + n_changepoints)
        precision = np.full(columns.shape[1], priors.coefficient**-2)
        precision[:2] = priors.trend**-2
        precision[self.hinges] = penalty
        gram = columns.T @ columns
        self.values, self.basis = scipy.linalg.eigh(gram, np.diag(precision))
        self.values = np.maximum(self.values, 0.0)
        # Values times this are in the basis; coefficients are the basis times what comes out.
        self.into_basis = columns @ self.basis
        self.hinge_basis = np.ascontiguousarray(self.basis[self.hinges])

    def fit(self, values: Floats, options: FitOptions) -> BandFit:
        """Fit every meter.

        Args:
            values: `(n_meters, n_days)`, scaled to at most 1; NaN where a day is missing. A missing day takes its
                fitted value at each update (expectation maximisation), so that the design stays shared.
            options: How.
        """
        missing = np.isnan(values)
        days = np.maximum((~missing).sum(axis=1), 1)
        values = np.where(missing, (np.nansum(values, axis=1) / days)[:, None], values) if missing.any() else values
        noise = np.maximum(values.std(axis=1), _NOISE_FLOOR)
        hinge_sum = np.zeros((values.shape[0], self.hinge_basis.shape[0]))
        sparse = np.zeros_like(hinge_sum)
        threshold = 1.0 / (self.priors.changepoint * self.penalty)
        projected = values @ self.into_basis
        weights = np.empty_like(projected)
        for step in range(options.iterations):
            variance = (noise**2)[:, None]
            pulled = projected + (self.penalty * variance) * ((sparse - hinge_sum) @ self.hinge_basis)
            np.divide(pulled, self.values[None, :] + variance, out=weights)
            hinges = weights @ self.hinge_basis.T
            relaxed = _OVER_RELAXATION * hinges + (1 - _OVER_RELAXATION) * sparse + hinge_sum
            sparse = np.sign(relaxed) * np.maximum(np.abs(relaxed) - threshold, 0.0)
            hinge_sum = relaxed - sparse
            if (step + 1) % options.steps_a_noise == 0:
                fitted = weights @ self.into_basis.T
                residuals = np.where(missing, 0.0, values - fitted)
                noise, kept = self._noise_of(residuals, days, noise, options.clip_sigmas)
                if missing.any() or np.isfinite(options.clip_sigmas):
                    projected = (fitted + kept) @ self.into_basis
        return BandFit(weights @ self.basis.T, noise)

    def _noise_of(
        self, residuals: Floats, days: NDArray[np.int64], noise: Floats, clip_sigmas: float
    ) -> tuple[Floats, Floats]:
        """Return the best noise given residuals, and the residuals as they count."""
        if np.isfinite(clip_sigmas):
            limit = (clip_sigmas * noise)[:, None]
            residuals = np.clip(residuals, -limit, limit)
        squares = np.einsum("md,md->m", residuals, residuals)
        width = self.priors.noise**2
        variance = width * (np.sqrt(days**2 + 4 * squares / width) - days) / 2
        return np.maximum(np.sqrt(variance), _NOISE_FLOOR), residuals


def negative_log_posterior(
    columns: Floats, values: Floats, fit: BandFit, n_changepoints: int, priors: Priors
) -> Floats:
    """Return what the fit minimises, without its constant, `(n_meters,)`; the lower the better."""
    residuals = values - fit.coefficients @ columns.T
    hinges = fit.coefficients[:, 2 : 2 + n_changepoints]
    others = fit.coefficients[:, 2 + n_changepoints :]
    likelihood = values.shape[1] * np.log(fit.noise) + (residuals**2).sum(axis=1) / (2 * fit.noise**2)
    return np.asarray(
        likelihood
        + fit.noise**2 / (2 * priors.noise**2)
        + (fit.coefficients[:, :2] ** 2).sum(axis=1) / (2 * priors.trend**2)
        + np.abs(hinges).sum(axis=1) / priors.changepoint
        + (others**2).sum(axis=1) / (2 * priors.coefficient**2)
    )
