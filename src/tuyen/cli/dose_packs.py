"""Where the command line finds a schedule pack: a folder of CDSi XML, or one that ships."""

import re
import zipfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tuyen.cli.csv_files import BadFile
from tuyen.engines.immunization import BadPack, Counting, Pack, Parameters, read_pack
from tuyen.kernel.refusal import N_

LAST_OF_ALL_SEASONS = (4, 61)
"""Up to this release of CDSi, the dose number of a seasonal series counts all seasons."""


def find_pack(name: str) -> Pack:
    """The pack of a folder, or the built-in one of that name.

    Raises
    ------
    BadFile
        If there is neither, or a file of the folder is not what it should be.
    """
    folder = Path(name)
    if folder.is_dir():
        return _folder(folder)
    if pack := _built_in(name):
        return pack
    raise BadFile(
        N_("{name} is neither a folder of schedule files (XML) nor the name of a schedule that ships."),
        name=name,
    )  # fmt: skip


def _built_in(name: str) -> Pack | None:
    """The shipped schedule of that name (``rules/immunization``), compiled."""
    wanted = ("tuyen.rules.immunization.schedules", "tuyen.engines.immunization.definitions")
    if not all(find_spec(module) for module in wanted):
        return None
    schedules, definitions = map(import_module, wanted)
    if name not in {one.code for one in schedules.regimes()}:
        return None
    pack: Pack = definitions.compile_pack(schedules.definition(name))
    return pack


def _folder(folder: Path) -> Pack:
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.xml"))}
    schedules = [name for name, text in files.items() if b"<scheduleSupportingData" in text[:4096]]
    if len(schedules) != 1:
        raise BadFile(
            N_("{folder} holds {count} schedule files (<scheduleSupportingData>), expected one."),
            folder=folder, count=len(schedules),
        )  # fmt: skip
    schedule = files.pop(schedules[0])
    antigens = {
        name: text for name, text in files.items() if b"<antigenSupportingData" in text[:4096]
    }
    version = pack_version(folder)
    number = tuple(map(int, version.split("."))) if version else ()
    counting: Counting = "all-seasons" if number and number <= LAST_OF_ALL_SEASONS else "in-season"
    try:
        return read_pack(
            schedule, antigens, name=folder.name, version=version,
            parameters=Parameters(counting=counting),
        )  # fmt: skip
    except BadPack as error:
        raise BadFile(N_("{folder}: {why}"), folder=folder, why=str(error)) from None


def pack_version(folder: Path) -> str:
    """The release: as in the folder's name, else as its release notes say; "" where neither does."""
    if match := re.search(r"(?<!\d)(\d+\.\d+)(?!\d)", folder.resolve().name):
        return match[1]
    for path in sorted(folder.glob("*otes*.docx")):
        try:
            with zipfile.ZipFile(path) as notes:
                body = notes.read("word/document.xml").decode("utf-8", "replace")
        except (OSError, KeyError, zipfile.BadZipFile):
            continue
        # A word processor cuts words anywhere: "4. 6 1" is 4.61.
        text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", body))
        if match := re.search(r"ReleaseNotes\D{0,3}(\d+\.\d{1,2})", text):
            return match[1]
    return ""
