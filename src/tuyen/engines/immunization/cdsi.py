"""CDSi supporting data (XML) read into a pack, as published: with its spellings and empty cells.

The texts of the files are given; nothing is opened here. What the published data spells in several
ways ("Vaccine Count by Age", "vaccine count By Age"; "; " and ";"; "valid" and "Valid"; the
interval priority "override" where the specification says "Y") is read as one.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tuyen.engines.immunization.pack import (
    AgeRow,
    Antigen,
    Association,
    BirthImmunity,
    Comparison,
    Condition,
    ConditionKind,
    Conflict,
    Context,
    Contraindication,
    Indication,
    IntervalRow,
    Pack,
    Parameters,
    Series,
    SeriesDose,
    SeriesKind,
    Skip,
    SkipSet,
    Vaccine,
    VaccineGroup,
    VaccineRow,
)
from tuyen.engines.immunization.spans import Span, parse_span

_EMPTY = ("", "n/a", "-")
_NONE = Span()
_CONTEXTS: Mapping[str, Context] = {
    "evaluation": "evaluation", "forecast": "forecast", "both": "both",
}  # fmt: skip
_KINDS: Mapping[str, SeriesKind] = {
    "standard": "standard", "risk": "risk", "evaluation only": "evaluation",
}  # fmt: skip
_COMPARISONS: Mapping[str, Comparison] = {
    "greater than": "greater", "equal to": "equal", "equal": "equal", "less than": "less",
}  # fmt: skip


class BadPack(ValueError):
    """A file of a pack is not what it should be; says which file and what is wrong."""


def read_pack(
    schedule: str | bytes, antigens: Mapping[str, str | bytes], *, name: str, version: str,
    parameters: Parameters,
) -> Pack:  # fmt: skip
    """The pack of one schedule file and its antigen files (texts by file name)."""
    root = _parse("schedule", schedule, "scheduleSupportingData")
    read = [
        _antigen(_parse(file, text, "antigenSupportingData"), file)
        for file, text in sorted(antigens.items())
    ]
    return Pack(
        name=name, version=version, parameters=parameters,
        antigens={antigen.name: antigen for antigen in sorted(read, key=lambda one: one.name)},
        groups=tuple(_groups(root)),
        vaccines={vaccine.code: vaccine for vaccine in _vaccines(root)},
        conflicts=tuple(_conflicts(root)),
        observations={
            _text(one, "observationCode"): _text(one, "observationTitle")
            for one in root.iterfind("observations/observation")
        },
    )  # fmt: skip


def _parse(file: str, text: str | bytes, wanted: str) -> Element:
    try:  # as text, since in another encoding a document type would go unseen
        text = text if isinstance(text, str) else text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadPack(f"{file}: a schedule file is written in UTF-8") from None
    if "<!DOCTYPE" in text:
        raise BadPack(f"{file}: a schedule file declares no document type")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # without a DTD there are no entities
    except ElementTree.ParseError as error:
        raise BadPack(f"{file}: {error}") from None
    if root.tag != wanted:
        raise BadPack(f"{file}: the root is <{root.tag}>, expected <{wanted}>")
    return root


def _text(node: Element, path: str) -> str:
    text = " ".join((node.findtext(path) or "").split())
    return "" if text.lower() in _EMPTY else text


def _span(node: Element, path: str) -> Span | None:
    return parse_span(_text(node, path))


def _date(node: Element, path: str) -> datetime.date | None:
    text = _text(node, path)
    if not text:
        return None
    for pattern, order in ((r"(\d{4})-?(\d\d)-?(\d\d)", "ymd"), (r"(\d+)/(\d+)/(\d{4})", "mdy")):
        if match := re.fullmatch(pattern, text):
            parts = dict(zip(order, map(int, match.groups()), strict=True))
            return datetime.date(parts["y"], parts["m"], parts["d"])
    raise BadPack(f"<{path}> holds {text!r}, expected a date such as 20250827 or 01/01/1957")


def _codes(text: str) -> frozenset[str]:
    return frozenset(code for code in re.split(r"[;,\s]+", text) if code)


def _yes(text: str) -> bool:
    return text.lower() in ("y", "yes", "override", "true")


def _filled(node: Element, tag: str) -> Iterator[Element]:
    """The children of a name that hold anything: empty ones are how the data says "none"."""
    return (child for child in node.iterfind(tag) if len(child))


def _groups(root: Element) -> Iterator[VaccineGroup]:
    antigens = {
        _text(one, "name"): tuple(
            filter(None, ((a.text or "").strip() for a in one.iter("antigen")))
        )
        for one in root.iterfind("vaccineGroupToAntigenMap/vaccineGroupMap")
    }
    for one in root.iterfind("vaccineGroups/vaccineGroup"):
        name = _text(one, "name")
        yield VaccineGroup(
            name, antigens.get(name, ()), _yes(_text(one, "administerFullVaccineGroup"))
        )


def _vaccines(root: Element) -> Iterator[Vaccine]:
    for one in root.iterfind("cvxToAntigenMap/cvxMap"):
        yield Vaccine(
            _text(one, "cvx"),
            _text(one, "shortDescription"),
            tuple(
                Association(
                    _text(link, "antigen"),
                    _span(link, "associationBeginAge"),
                    _span(link, "associationEndAge"),
                )
                for link in one.iterfind("association")
            ),
        )


def _conflicts(root: Element) -> Iterator[Conflict]:
    for container in ("liveVirusConflicts/liveVirusConflict", "vaccineConflicts/vaccineConflict"):
        for one in root.iterfind(container):
            end = _span(one, "conflictEndInterval") or _NONE
            yield Conflict(
                _text(one, "previous/cvx"), _text(one, "current/cvx"),
                _span(one, "conflictBeginInterval") or _NONE,
                _span(one, "minConflictEndInterval") or end, end,
            )  # fmt: skip


def _antigen(root: Element, file: str) -> Antigen:
    try:
        series = tuple(_series(one) for one in root.iterfind("series"))
        if not series:
            raise BadPack("has no series")
        return Antigen(
            series[0].antigen, series,
            immune_codes=tuple(
                _text(one, "guidelineCode") for one in root.iterfind("immunity/clinicalHistory")
            ),
            immune_births=tuple(_births(root)),
            forbidding=tuple(
                _contraindication(one)
                for one in root.iterfind("contraindications/vaccineGroup/contraindication")
            ),
            forbidding_vaccines=tuple(
                _contraindication(one)
                for one in root.iterfind("contraindications/vaccine/contraindication")
            ),
        )  # fmt: skip
    except (ValueError, KeyError) as error:
        raise BadPack(f"{file}: {error}") from None


def _births(root: Element) -> Iterator[BirthImmunity]:
    for one in root.iterfind("immunity/dateOfBirth"):
        if before := _date(one, "immunityBirthDate"):
            codes = (_text(two, "exclusionCode") for two in one.iterfind("exclusion"))
            yield BirthImmunity(before, _text(one, "birthCountry"), frozenset(filter(None, codes)))


def _contraindication(node: Element) -> Contraindication:
    return Contraindication(
        _text(node, "observationCode"),
        _text(node, "contraindicationText") or _text(node, "observationTitle"),
        _text(node, "contraindicationGuidance"),
        _span(node, "beginAge"),
        _span(node, "endAge"),
        tuple(_vaccine(one, "contraindicated") for one in _filled(node, "contraindicatedVaccine")),
    )


def _series(node: Element) -> Series:
    name = _text(node, "seriesName")
    choice = node.find("selectSeries")
    choice = choice if choice is not None else Element("selectSeries")
    preference = _text(choice, "seriesPreference")
    texts = {
        tag: tuple(filter(None, (" ".join((one.text or "").split()) for one in node.iterfind(tag))))
        for tag in ("requiredGender", "seriesAdminGuidance")
    }
    return Series(
        name=name, antigen=_text(node, "targetDisease"), vaccine_group=_text(node, "vaccineGroup"),
        kind=_KINDS[_text(node, "seriesType").lower()],
        doses=tuple(_dose(one, name) for one in node.iterfind("seriesDose")),
        group=_text(choice, "seriesGroup") or "1", group_name=_text(choice, "seriesGroupName"),
        equivalent=tuple(sorted(_codes(_text(node, "equivalentSeriesGroups")))),
        genders=tuple(one for one in texts["requiredGender"] if one.lower() not in _EMPTY),
        default=_yes(_text(choice, "defaultSeries")),
        product_path=_yes(_text(choice, "productPath")),
        priority=_text(choice, "seriesPriority") or "A",
        preference=int(preference) if preference.isdigit() else 999,
        minimum_start=_span(choice, "minAgeToStart"), maximum_start=_span(choice, "maxAgeToStart"),
        indications=tuple(
            Indication(
                _text(one, "observationCode/code"),
                _text(one, "description") or _text(one, "observationCode/text"),
                _span(one, "beginAge"), _span(one, "endAge"), _text(one, "guidance"),
            )
            for one in _filled(node, "indication")
        ),
        guidance=texts["seriesAdminGuidance"],
    )  # fmt: skip


def _dose(node: Element, series: str) -> SeriesDose:
    match = re.search(r"\d+", _text(node, "doseNumber"))
    if match is None:
        raise BadPack(f"{series}: a dose has no number")
    row = f"{series} · dose {match[0]}"
    season = node.find("seasonalRecommendation")
    return SeriesDose(
        number=int(match[0]), row=row,
        ages=tuple(_age(one, row) for one in _filled(node, "age")),
        intervals=tuple(_intervals(node, "interval", row)),
        allowable_intervals=tuple(_intervals(node, "allowableInterval", row)),
        preferable=tuple(_vaccines_of(node, "preferableVaccine", row)),
        allowable=tuple(_vaccines_of(node, "allowableVaccine", row)),
        inadvertent=frozenset(
            filter(None, (_text(one, "cvx") for one in node.iterfind("inadvertentVaccine")))
        ),
        skips=tuple(
            _skip(one, f"{row} · skip {index}")
            for index, one in enumerate(_filled(node, "conditionalSkip"), start=1)
            if _text(one, "context").lower() in _CONTEXTS
        ),
        recurring=_yes(_text(node, "recurringDose")),
        season_start=_date(season, "startDate") if season is not None else None,
        season_end=_date(season, "endDate") if season is not None else None,
    )  # fmt: skip


def _age(node: Element, row: str) -> AgeRow:
    return AgeRow(
        f"{row} · age", _span(node, "absMinAge"), _span(node, "minAge"),
        _span(node, "earliestRecAge"), _span(node, "latestRecAge"), _span(node, "maxAge"),
        since=_date(node, "effectiveDate"), until=_date(node, "cessationDate"),
    )  # fmt: skip


def _intervals(node: Element, tag: str, row: str) -> Iterable[IntervalRow]:
    for index, one in enumerate(_filled(node, tag), start=1):
        target = re.search(r"\d+", _text(one, "fromTargetDose"))
        yield IntervalRow(
            f"{row} · {'interval' if tag == 'interval' else 'allowable interval'} {index}",
            _yes(_text(one, "fromPrevious")), int(target[0]) if target else None,
            _codes(_text(one, "fromMostRecent")), _text(one, "fromRelevantObs/code") or None,
            _span(one, "absMinInt"), _span(one, "minInt"),
            _span(one, "earliestRecInt"), _span(one, "latestRecInt"),
            _yes(_text(one, "intervalPriority")),
            since=_date(one, "effectiveDate"), until=_date(one, "cessationDate"),
        )  # fmt: skip


def _vaccines_of(node: Element, tag: str, row: str) -> Iterable[VaccineRow]:
    kind = "preferable" if tag == "preferableVaccine" else "allowable"
    return (_vaccine(one, f"{row} · {kind}") for one in _filled(node, tag) if _text(one, "cvx"))


def _vaccine(node: Element, row: str) -> VaccineRow:
    volume = _text(node, "volume")
    return VaccineRow(
        f"{row} {_text(node, 'cvx')}", _text(node, "cvx"), _span(node, "beginAge"),
        _span(node, "endAge"), _text(node, "tradeName"), _text(node, "mvx"),
        float(volume) if re.fullmatch(r"\d+(\.\d+)?", volume) else None,
        _yes(_text(node, "forecastVaccineType")),
    )  # fmt: skip


def _skip(node: Element, row: str) -> Skip:
    return Skip(
        _CONTEXTS[_text(node, "context").lower()],
        tuple(
            SkipSet(
                f"{row} · set {index}",
                tuple(_condition(cell, f"{row} · set {index}") for cell in _filled(one, "condition")),
                _text(one, "conditionLogic").lower() != "or",
                _text(one, "setDescription"),
                since=_date(one, "effectiveDate"), until=_date(one, "cessationDate"),
            )
            for index, one in enumerate(_filled(node, "set"), start=1)
        ),
        _text(node, "setLogic").lower() == "and",
    )  # fmt: skip


def _condition(node: Element, row: str) -> Condition:
    written = _text(node, "conditionType").lower()
    kinds: dict[str, ConditionKind] = {
        "age": "age", "completed series": "completed", "interval": "interval",
    }  # fmt: skip
    kind = kinds.get(written) or ("count" if written.startswith("vaccine count") else None)
    if kind is None:
        raise BadPack(f"{row}: {written!r} is not a type of condition")
    count = _text(node, "doseCount")
    return Condition(
        f"{row} · condition {_text(node, 'conditionID') or 1}", kind,
        _span(node, "beginAge"), _span(node, "endAge"), _date(node, "startDate"),
        _date(node, "endDate"), _span(node, "interval"), int(count) if count else 0,
        _text(node, "doseType").lower() == "valid",
        _COMPARISONS[_text(node, "doseCountLogic").lower() or "greater than"],
        _codes(_text(node, "vaccineTypes")),
        tuple(sorted(_codes(_text(node, "seriesGroups")))),
    )  # fmt: skip
