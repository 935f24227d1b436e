"""The ordered set of symbols that sequences are made of."""

from string import ascii_uppercase
from typing import Annotated, Final, final

from pydantic import BaseModel, ConfigDict, Field, model_validator


@final
class Alphabet(BaseModel):
    """Symbols in order; everywhere else a symbol is its index, 0 … size - 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbols: Annotated[tuple[str, ...], Field(min_length=2, description="the symbols' names")]

    @model_validator(mode="after")
    def _names_differ(self) -> "Alphabet":
        if len(set(self.symbols)) != len(self.symbols):
            raise ValueError("two symbols have the same name; give each its own")
        return self

    @property
    def size(self) -> int:
        """The number of symbols."""
        return len(self.symbols)

    def summary(self) -> str:
        """The number of symbols and their names: `26 symbols A B C … Z`."""
        names = self.symbols
        few = names if len(names) <= 6 else (*names[:3], "…", names[-1])
        return f"{len(names)} symbols {' '.join(few)}"

    def spell(self, indices: list[int]) -> str:
        """The names of the symbols with these *indices*: `A C E`."""
        return " ".join(self.symbols[index] for index in indices)


LATIN: Final = Alphabet(symbols=tuple(ascii_uppercase))
