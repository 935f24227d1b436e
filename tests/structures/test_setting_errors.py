"""Wrong settings are explained in the project's own words, whichever model they are of."""

from typing import Literal

import pytest
from pydantic import Field, ValidationError

from seqreason.structures.setting_errors import explain, explain_inline
from seqreason.structures.settings import Owner, Settings


class Inner(Settings):
    width: int = Field(1, ge=1)


class Layer(Settings):
    size: int = Field(ge=1, lt=10)
    rate: float = Field(0.5, gt=0, le=1)
    cell: Literal["gru", "lstm"] = "gru"
    name: str = Field("a", pattern="^[a-z]+$", min_length=1)
    is_open: bool = False
    kernel: tuple[int, ...] = Field((3,), min_length=1, max_length=2)
    inner: Inner = Inner()


def error_of(**settings):
    with pytest.raises(ValidationError) as caught:
        Layer.model_validate({"size": 1, **settings})
    return caught.value


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": "x"}, "size: expected a whole number, got 'x'"),
        ({"size": 1.5}, "size: expected a whole number, got 1.5"),
        ({"size": 0}, "size: expected 1 or more, got 0"),
        ({"size": 10}, "size: expected less than 10, got 10"),
        ({"rate": "x"}, "rate: expected a number, got 'x'"),
        ({"rate": 0}, "rate: expected more than 0, got 0"),
        ({"rate": 2}, "rate: expected 1 or less, got 2"),
        ({"cell": "rnn"}, "cell: expected 'gru' or 'lstm', got 'rnn'"),
        ({"name": "A"}, "name: expected text of the form ^[a-z]+$, got 'A'"),
        ({"name": ""}, "name: expected 1 or more characters, got ''"),
        ({"name": 1}, "name: expected text, got 1"),
        ({"is_open": "maybe"}, "is_open: expected true or false, got 'maybe'"),
        ({"kernel": 3}, "kernel: expected a list, got 3"),
        ({"kernel": []}, "kernel: expected 1 or more entries"),
        ({"kernel": [1, 2, 3]}, "kernel: expected 2 or fewer entries"),
        ({"kernel": ["x"]}, "kernel.0: expected a whole number, got 'x'"),
        ({"inner": 3}, "inner: expected a mapping, got 3"),
        ({"inner": {"width": 0}}, "inner.width: expected 1 or more, got 0"),
        (
            {"inner": {"wdth": 0}},
            "inner.wdth: no such setting. Did you mean 'width'? The settings here are: width",
        ),
    ],
)
def test_a_wrong_setting_is_explained_with_its_path_and_its_value(settings, message):
    assert explain(error_of(**settings), where="spec") == f"spec: {message}"


def test_a_missing_setting_is_explained():
    with pytest.raises(ValidationError) as caught:
        Layer.model_validate({})
    assert explain_inline(caught.value) == "size: missing, and it has no default"


def test_several_wrong_settings_have_a_line_each():
    error = error_of(size=0, rate=2)
    assert explain(error, where="spec").splitlines() == [
        "spec: size: expected 1 or more, got 0",
        "spec: rate: expected 1 or less, got 2",
    ]
    assert (
        explain_inline(error) == "size: expected 1 or more, got 0; rate: expected 1 or less, got 2"
    )


def test_an_unknown_setting_names_the_plug_in_that_it_was_given_to():
    with pytest.raises(ValidationError) as caught:
        Inner.model_validate({"wdth": 1}, context=Owner("encoder mine"))
    assert explain_inline(caught.value) == (
        "wdth: no such setting. Did you mean 'width'? The encoder mine has: width"
    )
