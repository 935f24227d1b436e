"""The ordered set of symbols that sequences are made of."""

from string import ascii_uppercase
from typing import Annotated, Final, final

from pydantic import BaseModel, ConfigDict, Field, model_validator


@final
class Alphabet(BaseModel):
    """Symbols in order; a symbol is known by its index, 0 … size - 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbols: Annotated[tuple[str, ...], Field(min_length=2, description="the symbols' names")]

    @model_validator(mode="after")
    def _names_differ(self) -> "Alphabet":
        if len(set(self.symbols)) != len(self.symbols):
            raise ValueError("two symbols of the alphabet have one name")
        return self

    @property
    def size(self) -> int:
        """How many symbols there are."""
        return len(self.symbols)

    def summary(self) -> str:
        """How many symbols there are, and which: `26 symbols A B C … Z`."""
        names = self.symbols
        few = names if len(names) <= 6 else (*names[:3], "…", names[-1])
        return f"{len(names)} symbols {' '.join(few)}"

    def spell(self, indices: "list[int]") -> str:
        """The symbols' names with a space between: `A C E`."""
        return " ".join(self.symbols[index] for index in indices)


LATIN: Final = Alphabet(symbols=tuple(ascii_uppercase))
