"""Villages of a province: where they lie, who lives there, what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuyen.engines.synthetic.gazetteer import KM_PER_DEGREE, Gazetteer, kilometres, spots
from tuyen.engines.synthetic.streams import Choice, Floats, Ints, round_half
from tuyen.kernel.refusal import BadInput


@dataclass(frozen=True)
class Villages:
    """Columns over v villages, ordered by former commune."""

    code: tuple[str, ...]  # former commune code, "-" and two digits: "03169-04"
    name: tuple[str, ...]  # "Bản Nà Sang"; once in its former commune
    former: Ints  # (v,) int16, position in gazetteer.former
    commune: Ints  # (v,) int16, position in gazetteer.communes
    lon: Floats
    lat: Floats
    weight: Floats  # (v,) share of the province's people, sums to 1
    group: Ints  # (v,) int8, the main ethnic group, position in the name tables' groups
    mix: Floats  # (f, g) shares of ethnic groups by former commune


def build(
    gazetteer: Gazetteer, profile: Mapping[str, Any], groups: list[str], rng: np.random.Generator
) -> Villages:
    """Lay out about ``profile["villages"]`` villages, at least one in each former commune.

    Parameters
    ----------
    profile : content of rules/synthetic/dien_bien
    groups : names of the ethnic groups, in the order of the name tables
    """
    mix = mixes(gazetteer, profile, groups)
    people = _sizes(gazetteer, profile, rng)
    count = np.maximum(1, round_half(people * profile["villages"], rng))
    former = np.repeat(np.arange(len(gazetteer.former)), count)
    weight = rng.gamma(4.0, size=former.size)
    weight *= people[former] / np.bincount(former, weight)[former]
    group = (rng.random((former.size, 1)) > mix[former].cumsum(axis=1)).sum(axis=1)
    group = np.minimum(group, len(groups) - 1).astype(np.int8)
    place = _places(gazetteer, former, rng)
    number = np.arange(former.size) - np.repeat(np.cumsum(count) - count, count) + 1
    return Villages(
        code=tuple(
            f"{gazetteer.former[f].code}-{n:02d}"
            for f, n in zip(former.tolist(), number.tolist(), strict=True)
        ),
        name=_names(gazetteer, profile["village_words"], groups, former, group, rng),
        former=former.astype(np.int16),
        commune=gazetteer.successor[former].astype(np.int16),
        lon=place[:, 0],
        lat=place[:, 1],
        weight=weight / weight.sum(),
        group=group,
        mix=mix,
    )


def mixes(gazetteer: Gazetteer, profile: Mapping[str, Any], groups: list[str]) -> Floats:
    """(f, g) shares of the ethnic groups in each former commune; each row sums to 1."""
    table = np.zeros((len(gazetteer.former), len(groups)))
    own, by_district = profile["mixes_by_former_commune"], profile["mixes"]
    for n, old in enumerate(gazetteer.former):
        shares = own.get(old.code) or by_district.get(old.district) or by_district["default"]
        unknown = set(shares) - set(groups)
        if unknown:
            raise BadInput(what=f"{old.name} has people of {sorted(unknown)}, who have no names")
        table[n] = [shares.get(group, 0) for group in groups]
        table[n] /= table[n].sum()
        if old.kind == "town" and old.code not in own:
            for town_group, share in profile["town_mix"].items():
                at = groups.index(town_group)
                table[n, at] = 0
                table[n] *= (1 - share / 100) / table[n].sum()
                table[n, at] = share / 100
    return table


def _sizes(gazetteer: Gazetteer, profile: Mapping[str, Any], rng: np.random.Generator) -> Floats:
    """(f,) share of the province's people in each former commune."""
    by_kind, by_district = profile["size_by_kind"], profile["size_by_district"]
    size = np.array(
        [by_kind[old.kind] * by_district.get(old.district, 1.0) for old in gazetteer.former]
    )
    size = size * rng.lognormal(0, 0.25, size.size)
    return np.asarray(size / size.sum())


def _places(gazetteer: Gazetteer, former: Ints, rng: np.random.Generator) -> Floats:
    """(v, 2) positions around the centre of the former commune, within its own reach."""
    centre = spots(gazetteer)
    gap = kilometres(centre, centre)
    np.fill_diagonal(gap, np.inf)
    nearest = gap.min(axis=1) if len(centre) > 1 else np.array([6.0])
    reach = np.clip(0.45 * nearest, 0.8, 6.0)[former]
    angle = rng.uniform(0, 2 * np.pi, former.size)
    radius = reach * np.sqrt(rng.random(former.size))
    lat = centre[former, 1] + radius * np.sin(angle) / KM_PER_DEGREE
    lon = centre[former, 0] + radius * np.cos(angle) / (KM_PER_DEGREE * np.cos(np.radians(lat)))
    return np.column_stack([lon, lat]).round(5)


def _names(
    gazetteer: Gazetteer,
    words: Mapping[str, Any],
    groups: list[str],
    former: Ints,
    group: Ints,
    rng: np.random.Generator,
) -> tuple[str, ...]:
    prefix_draws = {
        name: (list(w["prefix"]), Choice(list(w["prefix"].values()))) for name, w in words.items()
    }
    taken: set[tuple[int, str]] = set()
    names = []
    for home, which in zip(former.tolist(), group.tolist(), strict=True):
        # Groups without words of their own name their places as the Thai neighbours do.
        spoken = groups[which] if groups[which] in words else "thai"
        prefixes, draw = prefix_draws[spoken]
        prefix = prefixes[int(draw.draw(rng, 1)[0])]
        if gazetteer.former[home].kind != "commune" and spoken == "kinh":
            prefix = "Tổ dân phố"
        first, second = words[spoken]["first"], words[spoken]["second"]
        base = f"{prefix} {first[rng.integers(len(first))]} {second[rng.integers(len(second))]}"
        name, again = base, 2
        if prefix in ("Đội", "Tổ dân phố"):  # these are numbered, not named
            base, name, again = prefix, f"{prefix} 1", 2
        while (home, name) in taken:
            name, again = f"{base} {again}", again + 1
        taken.add((home, name))
        names.append(name)
    return tuple(names)
