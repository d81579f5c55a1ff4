"""Which kernel adds the rows: the compiled one where its extra is installed, unless the environment says otherwise."""

from __future__ import annotations

import os
from functools import lru_cache

from nhscarbon.errors import UsageError
from nhscarbon.kernels import Kernel, NumpyKernel

CHOICE = "NHSCARBON_KERNEL"  # numpy or numba, where the faster of those installed is not wanted


@lru_cache(maxsize=4)
def _named(name: str) -> Kernel:
    if name == "numpy":
        return NumpyKernel()
    try:
        from nhscarbon.fast import NumbaKernel  # noqa: PLC0415  an extra
    except ImportError as error:
        if name == "numba":
            raise UsageError(
                f'{CHOICE} asks for the compiled kernel, which needs an extra: pip install "nhscarbon[fast]"'
            ) from error
        return NumpyKernel()
    return NumbaKernel()


def kernel_of() -> Kernel:
    """Return the compiled kernel where numba is installed (extra ``fast``), else numpy's."""
    name = os.environ.get(CHOICE, "")
    if name not in ("", "numpy", "numba"):
        raise UsageError(f"{CHOICE} is 'numpy' or 'numba', not '{name}'")
    return _named(name)
