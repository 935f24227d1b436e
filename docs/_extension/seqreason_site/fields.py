"""Settings as a table of a page: the type and bounds of each, its meaning and its default."""

import json
import re
from collections.abc import Iterable
from typing import Any


def table_of(rows: Iterable[dict[str, Any]]) -> str:
    """A line for each of *rows*, as `settings_rows` makes them; one sentence if there are none."""
    lines = [_line(row) for row in rows]
    if not lines:
        return "It has no settings."
    return "| key | type | meaning | default |\n|---|---|---|---|\n" + "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    of_kind = re.fullmatch(r"plug-in of kind (\w+)( \| null)?", row["type"])
    kind = f"`{row['type']}`"
    if of_kind:
        kind = f"a plug-in of kind [{of_kind[1]}](plugins.md#{of_kind[1]})"
    bounds = re.sub(r"matches (\S+)", r"matches `\1`", row["bounds"]).replace(str(2**64), "2⁶⁴")
    # A number does not leave its sign at the end of a line.
    bounds = re.sub(r"([≥≤<>]) ", "\\1\N{NO-BREAK SPACE}", bounds)
    cells = (f"`{row['name']}`", ", ".join(filter(None, [kind, bounds])), row["description"])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in (*cells, _default(row))) + " |"


def _default(row: dict[str, Any]) -> str:
    if row["required"]:
        return "required"
    # The defaults inside a mapping stand at its own keys.
    default = {} if row["type"] == "mapping" and row["default"] is None else row["default"]
    is_word = isinstance(default, str) and default
    return f"`{default if is_word else json.dumps(default, ensure_ascii=False)}`"
