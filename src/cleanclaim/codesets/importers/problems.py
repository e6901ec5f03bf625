"""What an import refuses: one plain sentence that names the file, the line and the column."""

from __future__ import annotations

from cleanclaim.kernel.errors import CodeSetError, UnreadableInput


class ImportRefused(CodeSetError, UnreadableInput):
    """A file that cannot be imported; the store stays as it was."""

    def __init__(self, file: str, says: str, *, line: int | None = None, column: str | int | None = None) -> None:
        self.file, self.says, self.line, self.column = file, says, line, column
        place = file
        if line is not None:
            place += f", line {line}"
        if column is not None:
            place += f", column {column}"
        told = f"{place}: {says}"
        super().__init__(
            "".join(char if char.isprintable() else "?" for char in told)
        )  # what a file holds may not steer a terminal
