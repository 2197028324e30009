"""pandera, kept from reaching for Spark.

Where pyspark is installed, importing pandera imports `pyspark.pandas` too, which takes half
a second, patches pandas, and warns on pandas 3; and it sets SPARK_LOCAL_IP to 127.0.0.1, so
that a driver on a cluster would listen to nobody but itself. None of it is needed here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["pa", "without_spark"]


@contextmanager
def without_spark() -> Iterator[None]:
    """Hide pyspark: from the import, and from the first check, which looks for it again."""
    hidden = [name for name in ("pyspark", "pyspark.pandas") if name not in sys.modules]
    local_ip = os.environ.get("SPARK_LOCAL_IP")
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be found
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
        if local_ip is None:
            os.environ.pop("SPARK_LOCAL_IP", None)


with without_spark():
    import pandera.pandas as pa
