"""Odd values: of text, of numbers, of columns, of addresses."""

from __future__ import annotations

import datetime
import decimal
import io
import math

import numpy as np
import pyarrow as pa

HALF = "gr\udcfcn"  # of a character: a name on disk that is not UTF-8
MARKUP = "<img src=x onerror=alert(1)>[a](javascript:x) $x$ :material/x: `"
HUGE = 10**30
IN_ADDRESSES = (
    "", "inf", "-inf", "nan", "9" * 400, "-1", "1.5", "1e400", "0x10", "\u0663", "1_0", "drawn",
    "../../etc/passwd", "%00", "\x00", "<script>alert(1)</script>", "' OR 1=1 --", '";DROP',
    "x" * 9000, "gr\ufffdn", "\u202eabc", "cat", "cat-deer", "cat-cat", "cat-", "-", "[]", "{}",
    "true", "null", "test", "val", "holdout", "p_cat", "p_x", "concept:fence", "concept:x", "loss",
    "row", "path", "$x$", "`", "**", "0", "1", "43", "2147483648", MARKUP,
)  # fmt: skip
KEYS = (
    "run", "split", "true", "pred", "show", "cells", "filters", "rank", "order", "image", "page",
    "seed", "n", "range_loss", "range_p_cat", "tiles", "matrix", "curve", "each", "picks", "a", "b",
    "before", "after", "concept", "target", "nonsense",
)  # fmt: skip


def columns(n: int) -> dict[str, pa.Array]:
    """A column of n values of every type that Parquet has."""
    day = datetime.datetime(2020, 1, 1)
    return {
        "text": pa.array([MARKUP] * n),
        "missing values": pa.nulls(n),
        "missing floats": pa.array([None] * n, pa.float64()),
        "NaN": pa.array([math.nan] * n, pa.float32()),
        "infinite numbers": pa.array([math.inf] * n, pa.float32()),
        "huge numbers": pa.array([1e308] * n),
        "negative numbers": pa.array([-1] * n, pa.int32()),
        "decimals": pa.array([decimal.Decimal("1.5")] * n),
        "times": pa.array([day] * n, pa.timestamp("us", "UTC")),
        "durations": pa.array([datetime.timedelta(1)] * n),
        "lists": pa.array([[0.5, 0.5]] * n),
        "structs": pa.array([{"a": 1}] * n),
        "maps": pa.array([[("a", 1)]] * n, pa.map_(pa.string(), pa.int8())),
        "bytes": pa.array([b"\xff"] * n),
        "half floats": pa.array(np.ones(n, np.float16)),
        "large numbers": pa.array([2**64 - 1] * n, pa.uint64()),
        "codes": pa.array(["a"] * n).dictionary_encode(),
    }


def zipped(values: np.ndarray) -> bytes:
    """An .npz file."""
    held = io.BytesIO()
    np.savez(held, values)
    return held.getvalue()
