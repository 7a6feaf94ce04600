"""Why a file, a column or a cell cannot be used, and what its owner can do about it."""

from collections.abc import Callable
from typing import Any, ClassVar

from tuyen.kernel.refusal import N_, Refusal

Translate = Callable[[str], str]


class ExchangeRefusal(Refusal):
    """A refusal in two sentences: what is wrong (``message``) and what to do (``advice``)."""

    code = "exchange.refused"
    message = N_("The file cannot be used.")
    advice: ClassVar[str] = N_("Check the file and send it again.")

    def parts(self, translate: Translate = str) -> tuple[str, str]:
        """The message and the advice, in the language of ``translate``, with the values in."""
        spoken = type(self)(**{name: self._spoken(name, translate) for name in self.values})
        return spoken.sentence(translate(self.message)), spoken.sentence(translate(self.advice))

    def _spoken(self, name: str, translate: Translate) -> Any:
        """Some values are words of ours and have a translation; the person's own have none."""
        value = self.values[name]
        return translate(value) if name in ("kind", "detail") and value else value

    def spoken(self, translate: Translate) -> str:
        return " ".join(self.parts(translate))

    def __str__(self) -> str:
        return self.spoken(str)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "advice": self.advice}


class EmptyFile(ExchangeRefusal):
    code = "exchange.empty-file"
    message = N_("{name} holds no table: there is no row with data under a header.")
    advice = N_("Put the names of the columns in one row and each record in a row below it.")


class FileTooLarge(ExchangeRefusal):
    code = "exchange.file-too-large"
    message = N_("{name} has {size} bytes; at most {limit} are read at once.")
    advice = N_("Split it into several files, for example one per month or per commune.")


class TooManyRows(ExchangeRefusal):
    code = "exchange.too-many-rows"
    message = N_("{name} has more than {limit} rows.")
    advice = N_("Split it into several files, for example one per month or per commune.")


class TooManyCells(ExchangeRefusal):
    code = "exchange.too-many-cells"
    message = N_("{name} has more than {limit} cells, or a cell very far from the table.")
    advice = N_("Delete the rows and columns outside the table, or split the file.")


class TooManyColumns(ExchangeRefusal):
    code = "exchange.too-many-columns"
    message = N_("{name} has {count} columns; at most {limit} are read.")
    advice = N_("Keep only the columns of the list, and one record in a row.")


class CellTooLong(ExchangeRefusal):
    code = "exchange.cell-too-long"
    message = N_(
        "{name}, row {row}, column {column}: the cell has {count} characters; {limit} fit."
    )
    advice = N_("Shorten the text, or look for a quotation mark that was never closed.")


class UnclosedQuote(ExchangeRefusal):
    code = "exchange.unclosed-quote"
    message = N_("{name}: a quotation mark opened at or before row {row} is never closed.")
    advice = N_('Remove the lone " or write it twice (""), or save the file as XLSX.')


class UnsupportedFile(ExchangeRefusal):
    code = "exchange.unsupported-file"
    message = N_("{name} is {kind}, not a CSV or XLSX table.")
    advice = N_("Open it and save it as “Excel Workbook (*.xlsx)” or “CSV UTF-8”.")


class LegacyWorkbook(ExchangeRefusal):
    code = "exchange.legacy-workbook"
    message = N_("{name} is {kind}, whatever its name ends in.")
    advice = N_("Open it in Excel or LibreOffice and use File, Save as, “Excel Workbook (*.xlsx)”.")


class ProtectedWorkbook(ExchangeRefusal):
    code = "exchange.protected-workbook"
    message = N_("{name} is locked with a password and cannot be read.")
    advice = N_("Open it, remove the password (File, Info, Protect Workbook) and save it again.")


class MacroWorkbook(ExchangeRefusal):
    code = "exchange.macro-workbook"
    message = N_("{name} carries macros (programs); such files are not accepted.")
    advice = N_("Save it as “Excel Workbook (*.xlsx)”, which keeps the data and drops the macros.")


class DamagedFile(ExchangeRefusal):
    code = "exchange.damaged-file"
    message = N_("{name} is damaged or was not saved completely ({detail}).")
    advice = N_("Open it, save it again under a new name as XLSX, and send that file.")


class HostileArchive(ExchangeRefusal):
    code = "exchange.hostile-archive"
    message = N_("{name} is not a workbook as a spreadsheet program saves it: {detail}.")
    advice = N_("Copy the table into a new workbook and save that as XLSX.")


class UnknownEncoding(ExchangeRefusal):
    code = "exchange.unknown-encoding"
    message = N_("{name}: the letters from byte {position} on are not in a known encoding.")
    advice = N_("Save it as “CSV UTF-8” or as XLSX.")


class LegacyEncoding(ExchangeRefusal):
    """Vietnamese in a font encoding of the 1990s; ``encoding`` is "tcvn3" or "vni"."""

    code = "exchange.legacy-encoding"
    message = N_(
        "{name} is written in {label}, an old Vietnamese encoding: "
        "row {row}, column {column} has “{sample}”, which means “{converted}”."
    )
    advice = N_(
        "Convert it to Unicode first (UniKey Toolkit, Ctrl+Shift+F6: from {label} to Unicode), "
        "or import it again with the conversion from {label} switched on and check the result."
    )


class DoubleEncoding(ExchangeRefusal):
    code = "exchange.double-encoding"
    message = N_(
        "{name} was opened in the wrong encoding and saved: row {row}, column {column} "
        "has “{sample}”, which was “{converted}”."
    )
    advice = N_("Go back to the original file, or export it again as “CSV UTF-8” or XLSX.")


class SeveralSheets(ExchangeRefusal):
    code = "exchange.several-sheets"
    message = N_("{name} has several sheets that could be the table: {sheets}.")
    advice = N_("Name the sheet to read, or keep only that sheet in the file.")


class UnknownSheet(ExchangeRefusal):
    code = "exchange.unknown-sheet"
    message = N_("{name} has no sheet called {sheet}; its sheets are: {sheets}.")
    advice = N_("Name one of these sheets.")


class UnknownColumn(ExchangeRefusal):
    code = "exchange.unknown-column"
    message = N_("The table has no column {column}; its columns are: {columns}.")
    advice = N_("Use the letter or the header of one of these columns.")


class UnknownField(ExchangeRefusal):
    code = "exchange.unknown-field"
    message = N_("{field} is not a field of this list; the fields are: {fields}.")
    advice = N_("Use one of these fields, or leave the column out.")


class FieldTakenTwice(ExchangeRefusal):
    code = "exchange.field-taken-twice"
    message = N_("Columns {columns} are both matched to {field}.")
    advice = N_("Keep one of them and leave the other out.")


# Notes on the layout: what was left out of the table, so that nothing vanishes unseen.


class TotalRowLeftOut(ExchangeRefusal):
    code = "exchange.total-row"
    message = N_("Row {row} is a total (“{value}”) and was left out.")
    advice = N_("Nothing to do, unless the row is a record.")


class RepeatedHeaderLeftOut(ExchangeRefusal):
    code = "exchange.repeated-header"
    message = N_("Row {row} repeats the header and was left out.")
    advice = N_("Nothing to do.")


class FootnoteLeftOut(ExchangeRefusal):
    code = "exchange.footnote-row"
    message = N_("Row {row} (“{value}”) stands under the table and was left out.")
    advice = N_("Nothing to do, unless the row is a record.")


class HiddenCharacters(ExchangeRefusal):
    code = "exchange.hidden-characters"
    message = N_("Invisible control characters were removed from {count} different texts.")
    advice = N_("Nothing to do.")


class EncodingGuessed(ExchangeRefusal):
    code = "exchange.encoding-guessed"
    message = N_("The file does not say its encoding; it was read as {encoding}.")
    advice = N_("Check that the names read well before you import.")


class TextConverted(ExchangeRefusal):
    code = "exchange.text-converted"
    message = N_("{count} different texts were converted from {label}, such as “{converted}”.")
    advice = N_("Check that the names read well before you import.")


class CellsBesideTheTable(ExchangeRefusal):
    code = "exchange.cells-beside-the-table"
    message = N_("Row {row} has {count} more cells than the header; the first is “{value}”.")
    advice = N_("Put text that contains the separator between quotation marks.")
