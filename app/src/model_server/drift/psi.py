"""The population stability index."""

import numpy as np
import numpy.typing as npt

# The minimum share, because an empty bin would make the index infinite.
SMALLEST_SHARE = 1e-4


def population_stability_indices(
    expected: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], rows: int, starts: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the index of each histogram in a vector of histograms; `starts` are the indices of their first bins.

    PSI = sum over the bins of (actual - expected) * ln(actual / expected), of shares: N. Siddiqi, "Credit Risk
    Scorecards", Wiley 2006; its distribution: B. Yurdakul and J. Naranjo, "Statistical properties of the population
    stability index", Journal of Risk Model Validation 14 (4), 2020. By convention, below 0.1 means no change and
    above 0.25 a large one. Without a change, its expectation is about (bins - 1) * (1 / rows + 1 / training rows).

    A share below 0.0001 counts as 0.0001 on both sides, so that a bin that is empty on both adds nothing.
    """
    actual = np.maximum(counts / rows, SMALLEST_SHARE)
    known = np.maximum(expected, SMALLEST_SHARE)
    return np.add.reduceat((actual - known) * np.log(actual / known), starts)
