"""Norms written as text become ranges; what is not understood is said, never guessed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.indicators import parse_indicator, parse_indicators


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3÷5", 3, 5),
        ("40-60", 40, 60),
        ("40 – 60 %", 40, 60),
        ("40%-60%", 40, 60),
        ("≤ 7", None, 7),
        ("<=7 tầng", None, 7),
        ("tối đa 25 tầng", None, 25),
        ("Không quá 5", None, 5),
        (">= 2", 2, None),
        ("tối thiểu 30%", 30, None),
        ("8,4", 8.4, 8.4),
        ("8.4", 8.4, 8.4),
        ("từ 3 đến 5 tầng", 3, 5),
        ("05", 5, 5),
        ("1.250,5", 1250.5, 1250.5),
        (60.0, 60, 60),
        (np.int32(7), 7, 7),
        ("60-40", 40, 60),
    ],
)
def test_a_norm_becomes_a_range(text: object, low: float | None, high: float | None) -> None:
    read = parse_indicator(text)
    assert (read.low, read.high, read.readable) == (low, high, True)


@pytest.mark.parametrize("text", [None, float("nan"), "", " ", "-", "–", "0", "0,0", 0, "0%"])
def test_zero_dash_and_nothing_are_not_stated(text: object) -> None:
    read = parse_indicator(text)
    assert not read.stated
    assert read.readable


@pytest.mark.parametrize("text", ["3;5;7", "theo QĐ riêng", "40/60", "3+1", "5-", "cao"])
def test_an_unclear_norm_keeps_its_text_and_claims_nothing(text: str) -> None:
    read = parse_indicator(text)
    assert (read.low, read.high, read.text, read.readable) == (None, None, text, False)


def test_percent_of_a_floor_area_ratio_is_a_hundredth() -> None:
    assert parse_indicator("200%", norm="far").high == 2.0
    assert parse_indicator("150~200", unit="percent", norm="far").low == 1.5
    assert parse_indicator("2,4", norm="far").high == 2.4


def test_a_density_given_as_a_fraction_is_told_in_percent() -> None:
    assert parse_indicator("0,4", unit="fraction", norm="density").high == 40


def test_a_column_is_read_like_its_cells() -> None:
    texts = ["40-60", None, "cao", "40-60", "400"]
    read = parse_indicators(pd.Series(texts, dtype=object), "as_written", "density")
    assert read.low[[0, 3]].tolist() == [40, 40]
    assert np.isnan(read.low[[1, 2]]).all()
    assert read.unreadable.tolist() == [False, False, True, False, False]
    assert read.implausible.tolist() == [False, False, False, False, True]
    assert read.text[2] == "cao"


@given(st.floats(0.1, 99), st.floats(0.1, 99), st.sampled_from(["-", "÷", " – ", "~", " đến "]))
def test_any_two_numbers_and_a_dash_are_their_range(a: float, b: float, dash: str) -> None:
    first, second = f"{a:.2f}", f"{b:.2f}".replace(".", ",")
    read = parse_indicator(f"{first}{dash}{second}")
    ends = sorted((float(first), float(second.replace(",", "."))))
    if any(ends):
        assert [read.low, read.high] == pytest.approx(ends)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = parse_indicator(text)
    assert read.low is None or read.high is None or read.low <= read.high
