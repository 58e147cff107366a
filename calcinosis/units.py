"""Numbers with units: reading what a person typed, converting it, showing it in both systems.

A value without a unit is not a number here: nothing is guessed from its size. Factors between mass and amount of
substance are derived from the molar mass in ``data/analytes.yml``; input limits there are design values of this course,
never limits of normality.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import numpy as np

from calcinosis import content
from calcinosis.errors import InputError

__all__ = [
    "Age",
    "Analyte",
    "Notice",
    "Quantity",
    "UnitSpec",
    "analyte",
    "believable",
    "capital",
    "convert",
    "factor",
    "grouped",
    "is_accepted",
    "parse",
    "parse_age",
    "parse_sex",
    "plain",
    "quoted",
    "round_half_up",
    "rounded",
    "shown_number",
    "soft_warnings",
    "split_number_unit",
    "suggestion",
]

Number = float | np.ndarray


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence that belongs beside a result.

    Parameters
    ----------
    code : str
        Stable name of the kind of notice, for example ``"soft-limit"``.
    text : str
        The sentence a person reads.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """One unit of an analyte, with how it is displayed and what is accepted in it."""

    unit: str
    decimals: int
    to_si: float
    hard: tuple[float | None, float | None] = (None, None)
    soft: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Analyte:
    """Something that can be measured, with the units that the course accepts for it."""

    id: str
    name: str
    short: str
    si_unit: str
    conventional_unit: str
    units: Mapping[str, UnitSpec]
    aliases: tuple[str, ...] = ()
    _spellings: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def spec(self, unit: str) -> UnitSpec:
        """Return the unit's record; `unit` may be written in any accepted spelling.

        Raises
        ------
        InputError
            The analyte has no such unit.
        """
        known = self._spellings.get(_unit_key(unit))
        if known is None:
            allowed = " or ".join(name or "the number alone" for name in self.units)
            raise InputError(f"{self.name} has no unit {quoted(unit)}; write {allowed}.")
        return self.units[known]

    def other_unit(self, unit: str) -> str | None:
        """Return the unit of the other system, or None where both systems use the same."""
        here = self.spec(unit)
        for candidate in (self.si_unit, self.conventional_unit):
            if not math.isclose(self.spec(candidate).to_si, here.to_si, rel_tol=1e-12):
                return candidate
        return None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value of an analyte in one of its units, as typed.

    Parameters
    ----------
    analyte : str
        Id of the analyte.
    value : float
        The number in `unit`.
    unit : str
        The unit in its canonical spelling.
    typed : str
        What the person wrote.
    notices : tuple of Notice
        What had to be interpreted while reading, for example a decimal comma.
    label : str
        The name to use in sentences about this value.
    """

    analyte: str
    value: float
    unit: str
    typed: str = ""
    notices: tuple[Notice, ...] = ()
    label: str = ""

    @property
    def about(self) -> Analyte:
        """The analyte's record."""
        return analyte(self.analyte)

    @property
    def si(self) -> float:
        """The value in the analyte's SI unit."""
        about = self.about
        return self.value if self.unit == about.si_unit else self.to(about.si_unit).value

    def to(self, unit: str) -> "Quantity":
        """Return the same quantity in another unit of the analyte.

        Examples
        --------
        >>> parse("calcium", "9.2 mg/dL").to("mmol/L").shown()
        '2.30 mmol/L'
        """
        about = self.about
        target = about.spec(unit)
        value = self.value if target.unit == self.unit else self.value * factor(about, self.unit, target.unit)
        return Quantity(self.analyte, value, target.unit, self.typed, self.notices, self.label)

    def shown(self) -> str:
        """Return the value as displayed, with its unit: ``"2.30 mmol/L"``."""
        number = shown_number(self.value, self.about.spec(self.unit).decimals)
        return f"{number} {self.unit}".rstrip()

    def both(self) -> str:
        """Return the value as displayed in both systems, SI first.

        Examples
        --------
        >>> parse("calcium", "9.2 mg/dL").both()
        '2.30 mmol/L (9.2 mg/dL)'
        """
        about = self.about
        si = self.to(about.si_unit)
        other = about.other_unit(about.si_unit)
        if other is None:
            return self.shown()
        conventional = self if self.unit != about.si_unit else self.to(other)
        return f"{si.shown()} ({conventional.shown()})"


# --- showing ---------------------------------------------------------------------------------------------------------


def rounded(value: float, decimals: int) -> Decimal:
    """Round half up, as a reader of the decimal digits would, not as binary floats happen to fall.

    Parameters
    ----------
    value : float
        A finite number.
    decimals : int
        Digits after the decimal point.

    Returns
    -------
    decimal.Decimal
        The displayed value.

    Examples
    --------
    >>> rounded(2.345, 2), rounded(0.125, 2), rounded(-0.001, 2)
    (Decimal('2.35'), Decimal('0.13'), Decimal('0.00'))
    """
    with localcontext() as context:
        context.prec = 60
        # Twelve significant digits drop the noise that a conversion leaves (2.2949999999999999 is 2.295).
        exact = Decimal(f"{float(value):.12g}")
        result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def shown_number(value: float, decimals: int) -> str:
    """Return the number as displayed: ``shown_number(2.3, 2)`` is ``"2.30"``."""
    return f"{rounded(value, decimals):f}".replace("-", "−")


def grouped(text: str) -> str:
    """Return a displayed number with a comma between thousands, from 1,000 on; a unit after it stays.

    Examples
    --------
    >>> grouped("2362 pg/mL"), grouped("999.5"), grouped("25000.5"), grouped("−1973")
    ('2,362 pg/mL', '999.5', '25,000.5', '−1,973')
    """
    return re.sub(r"^(−?)(\d{4,})(?=$|[. ])", lambda found: f"{found[1]}{int(found[2]):,}", text)


def capital(name: str) -> str:
    """Begin with a capital, but leave pH and its like alone.

    Examples
    --------
    >>> capital("total calcium"), capital("pH"), capital("eGFR")
    ('Total calcium', 'pH', 'eGFR')
    """
    return name[:1].upper() + name[1:] if name[1:2].islower() else name


def round_half_up(values: Number, decimals: int) -> np.ndarray:
    """Round an array of values that are not negative half up, the same way as :func:`rounded`.

    Examples
    --------
    >>> round_half_up(np.array([2.345, 2.344, 1.005]), 2).tolist()
    [2.35, 2.34, 1.01]
    """
    scale = 10.0**decimals
    scaled = np.multiply(values, scale)
    # 1e-9 is far below any digit a laboratory prints and far above the noise of one multiplication.
    scaled += 0.5 + 1e-9
    np.floor(scaled, out=scaled)
    scaled /= scale
    return scaled


def quoted(text: Any, longest: int = 40) -> str:
    """Return a piece of input fit for one line of a message: no control characters, shortened, in quotes."""
    clean = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in str(text))
    clean = " ".join(clean.split())
    if len(clean) > longest:
        clean = clean[: longest - 1] + "…"
    return f"“{clean}”"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean …?"`` when a known word is near, else an empty text."""
    near = get_close_matches(str(word).lower()[:60], list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


# --- reading ---------------------------------------------------------------------------------------------------------

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LOOKALIKES = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "\u3000": " ", "\xa0": " ", "\u2009": " ",
                             "\u202f": " ", "\u2007": " ", "μ": "µ"})  # fmt: skip
_NUMBER = re.compile(r"([+-]?)((?:\d[\d.,'’]*|[.,]\d[\d.,'’]*))([eE][+-]?\d+)?(?![\d.,])\s*(.*)", re.DOTALL | re.ASCII)
_BOUNDS = ("<", ">", "≤", "≥", "~", "≈", "±")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)


def plain(text: str) -> str:
    """Undo full-width forms, look-alike minus signs and unusual spaces."""
    return text.translate(_FULL_WIDTH).translate(_LOOKALIKES).strip()


def _unit_key(unit: str) -> str:
    return _spelling_key(str(unit))


@lru_cache(maxsize=1024)
def _spelling_key(unit: str) -> str:
    """Reduce a unit to what all its accepted spellings share; one panel asks for the same few 600 times."""
    key = plain(unit).casefold().replace("μ", "u").replace("µ", "u").replace("mcg", "ug").replace("mcmol", "umol")
    for spelling, common in (
        ("²", "2"),
        ("^2", "2"),
        ("10⁹", "109"),
        ("10^9", "109"),
        ("10*9", "109"),
        ("10e9", "109"),
    ):
        key = key.replace(spelling, common)
    key = re.sub(r"\s+", "", key)
    key = re.sub(r"/(24h(ours|rs)?|day)$", "/d", key)
    return re.sub(r"^(iu|units?)/", "u/", key)


def split_number_unit(text: str) -> tuple[float, str]:
    """Split ``"9.2 mg/dL"`` into the number and the text of its unit.

    Accepts a decimal comma, full-width characters, both code points of the micro sign, ``e`` notation and no space
    before the unit.

    Parameters
    ----------
    text : str
        What a person typed.

    Returns
    -------
    tuple of float and str
        The number and the unit as typed (empty if there is none).

    Raises
    ------
    InputError
        There is no finite number, a bound such as ``<2.0``, a range, or a comma that could separate thousands.

    Examples
    --------
    >>> split_number_unit("9.2 mg/dL"), split_number_unit("2,30mmol/L"), split_number_unit("７０ μmol/L")
    ((9.2, 'mg/dL'), (2.3, 'mmol/L'), (70.0, 'µmol/L'))
    """
    number, unit, _ = _read(text)
    return number, unit


def _read(text: str, label: str = "", example: str = "2.30 mmol/L") -> tuple[float, str, tuple[Notice, ...]]:
    """Read number and unit; in messages the label names the value and the example shows how it is written."""
    head = f"{label}: " if label else ""
    if not isinstance(text, str):
        raise InputError(f"{head}{quoted(text)} is not text; write a number with its unit, such as {example}.")
    clean = plain(text)
    if not clean:
        raise InputError(f"{head}nothing is written yet; write a number with its unit, such as {example}.")
    shown = f"{head}{quoted(clean)}"
    if clean.startswith(_BOUNDS):
        raise InputError(f"{shown} is a bound, not a value; write the number itself if it was measured.")
    if _NOT_FINITE.fullmatch(clean.split()[0]):
        raise InputError(f"{shown} is not a finite number; write a measured value with its unit.")
    match = _NUMBER.match(clean)
    if match is None:
        raise InputError(f"{shown} is no number with a unit; write for example {example}.")
    sign, digits, exponent, unit = match.groups()
    if re.match(r"-\s*\d", unit) or re.match(r"to\b|bis\b", unit):
        raise InputError(f"{shown} is a range; write one value.")
    if re.match(r"(?!10\s*[⁹^*e])\d", unit):  # 10⁹/L is a unit
        raise InputError(f"{shown} holds more than one number; write one, without spaces between its digits.")
    digits, notices = _point(digits, shown, label)
    try:
        value = float(Decimal(sign + digits + (exponent or "")))
    except (InvalidOperation, OverflowError):
        raise InputError(f"{shown} is no number that can be read; write for example {example}.") from None
    if not math.isfinite(value) or (value == 0 and any(c in "123456789" for c in digits)):
        raise InputError(f"{shown} is too large or too small to be a measured value; check the exponent.")
    return value, unit.strip(), notices


def _point(digits: str, shown: str, label: str) -> tuple[str, tuple[Notice, ...]]:
    """Return the digits with a decimal point, and a notice if a comma had to be read as one."""
    if "'" in digits or "’" in digits:
        raise InputError(f"{shown} holds an apostrophe; write the digits without it.")
    marks = digits.count(",") + digits.count(".")
    if marks > 1:
        raise InputError(f"{shown} has more than one comma or point; write one decimal point and no thousands mark.")
    if digits.endswith((",", ".")):
        raise InputError(f"{shown} ends in a comma or point; write the digits after it or leave it out.")
    if "," not in digits:
        return digits, ()
    whole, fraction = digits.split(",")
    # One to three digits, a comma, three digits: 1.234 on the Continent, 1234 in English. Only the writer knows.
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole.strip("0"):
        raise InputError(
            f"{shown} can mean {whole}.{fraction} or {whole}{fraction}; write it with a decimal point or without comma."
        )
    read = f"{whole or '0'}.{fraction}"
    said = f"comma in {whole},{fraction} was read as a decimal point: {read}."
    return read, (Notice("decimal-comma", f"{capital(label)}: the {said}" if label else f"The {said}"),)


# --- analytes --------------------------------------------------------------------------------------------------------

_PREFIX = {"": 0, "m": -3, "µ": -6, "n": -9, "p": -12}
_PART = re.compile(r"([mµnp]?)(mol|g|eq|u|ru)")
_PER = {"L": 0, "dL": -1, "mL": -3, "d": 0}


def _scale(unit: str) -> tuple[str, str, int] | None:
    """Return kind ("mol", "g"), what it is divided by ("volume", "d") and the power of ten, or None if not such a unit.

    Examples
    --------
    >>> _scale("mg/dL"), _scale("µmol/L"), _scale("mL/min/1.73 m²")
    (('g', 'volume', -2), ('mol', 'volume', -6), None)
    """
    above, slash, below = unit.partition("/")
    match = _PART.fullmatch(above.replace("Eq", "eq").replace("RU", "ru").replace("U", "u"))
    if not slash or match is None or below not in _PER:
        return None
    return match[2], "d" if below == "d" else "volume", _PREFIX[match[1]] - _PER[below]


def _derived_factor(record: Any, unit: str) -> float:
    """Return the factor from `unit` to the analyte's SI unit, from the molar mass where mass meets amount."""
    if unit == record.si_unit:
        return 1.0
    here, there = _scale(unit), _scale(record.si_unit)
    if here is None or there is None or here[1] != there[1]:
        raise InputError(f"{record.name} needs a stated factor from {unit} to {record.si_unit} in data/analytes.yml.")
    power = here[2] - there[2]
    ten = 10.0**power if power >= 0 else 1 / 10.0**-power
    mass = record.molar_mass_g_mol
    # Ions of charge one (sodium, bicarbonate) have no mass in the table; calcium would need its charge, two, stated.
    if here[0] == there[0] or ({here[0], there[0]} == {"eq", "mol"} and mass is None):
        return ten
    if mass is None or {here[0], there[0]} != {"g", "mol"}:
        raise InputError(f"{record.name} needs a molar mass to turn {unit} into {record.si_unit}.")
    return ten / mass if here[0] == "g" else ten * mass


def _built(record: Any) -> Analyte:
    """Build the working record from the checked one of ``data/analytes.yml``."""
    specs = {}
    for row in record.units:
        stated = getattr(row, "factor_to_si", None)
        to_si = float(stated) if stated is not None else _derived_factor(record, row.unit)
        specs[row.unit] = UnitSpec(row.unit, row.decimals, to_si, tuple(row.hard), tuple(row.soft))
    return _assembled(record, specs)


def _assembled(record: Any, specs: dict[str, UnitSpec]) -> Analyte:
    return Analyte(
        id=record.id,
        name=record.name,
        short=record.short,
        si_unit=record.si_unit,
        conventional_unit=record.conventional_unit,
        units=specs,
        aliases=tuple(record.aliases),
        _spellings=_spellings(record, specs),
    )


def _spellings(record: Any, specs: dict[str, UnitSpec]) -> dict[str, str]:
    """Return accepted spellings → unit; equal units (ng/L is pg/mL) are read as the one that has a row."""
    spellings = {_unit_key(unit): unit for unit in specs}
    for pair in record.equal_units:
        known = next((unit for unit in pair if unit in specs), None)
        for unit in pair:
            if known is not None:
                spellings.setdefault(_unit_key(unit), known)
    return spellings


def _weighed(key: str, name: str, specs: tuple[UnitSpec, ...]) -> Analyte:
    """Build something weighed out rather than measured in blood, which therefore has no row in the analyte table."""
    units = {spec.unit: spec for spec in specs}
    spellings = {_unit_key(unit): unit for unit in units}
    return Analyte(key, name, name, specs[0].unit, specs[-1].unit, units, _spellings=spellings)


_CALCIUM_G_MOL = 40.078  # source: iupac_masses
# Masses of a dose. Limits are design values of the course.
_WEIGHED = {
    "salt_mass": _weighed(
        "salt_mass",
        "mass of the salt",
        (
            UnitSpec("g", 3, 1.0, (0.001, 100.0), (0.01, 20.0)),
            UnitSpec("mg", 0, 1e-3, (1.0, 100000.0), (10.0, 20000.0)),
        ),
    ),
    "calcium_mass": _weighed(
        "calcium_mass", "elemental calcium", (UnitSpec("mmol", 2, 1.0), UnitSpec("mg", 0, 1 / _CALCIUM_G_MOL))
    ),
}


_index: tuple[Any, dict[str, str], dict[str, Analyte]] | None = None


def _analytes() -> tuple[dict[str, str], dict[str, Analyte]]:
    """Return spelling → id and the records built so far, renewed when the content was read anew."""
    global _index
    records = content.analytes()
    if _index is None or _index[0] is not records:
        names: dict[str, str] = {}
        for key, record in records.items():
            for word in (key, record.name, record.short, *record.aliases):
                names.setdefault(_name_key(word), key)
        _index = (records, names, {})
    return _index[1], _index[2]


def _name_key(name: str) -> str:
    return _letters_of(str(name))


@lru_cache(maxsize=1024)
def _letters_of(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", plain(name).casefold())


def analyte(name_or_alias: "str | Analyte") -> Analyte:
    """Return an analyte by id, name, short name or alias.

    Raises
    ------
    InputError
        No analyte has that name; the nearest one is proposed.

    Examples
    --------
    >>> analyte("Ca").id, analyte("25-OH-D").id
    ('calcium_total', 'vitd_25oh')
    """
    if isinstance(name_or_alias, Analyte):
        return name_or_alias
    if name_or_alias in _WEIGHED:
        return _WEIGHED[name_or_alias]
    names, built = _analytes()
    key = names.get(_name_key(name_or_alias))
    if key is None:
        records = content.analytes()
        known = {
            word.casefold(): word for r in records.values() for word in (r.id, r.name, *r.aliases) if len(word) > 3
        }
        hint = suggestion(name_or_alias, known)
        raise InputError(f"{quoted(name_or_alias)} is not an analyte that the course knows.{hint}")
    if key not in built:
        built[key] = _built(content.analytes()[key])
    return built[key]


def factor(about: "str | Analyte", from_unit: str, to_unit: str) -> float:
    """Return the factor that turns a value in one unit of an analyte into another.

    Source of the molar masses: ``iupac_masses``.

    Examples
    --------
    >>> round(factor("calcium_total", "mg/dL", "mmol/L"), 5)
    0.24951
    """
    record = analyte(about)
    return record.spec(from_unit).to_si / record.spec(to_unit).to_si


def convert(value: Number, about: "str | Analyte", from_unit: str, to_unit: str) -> Number:
    """Convert a float or an array from one unit of an analyte to another.

    Parameters
    ----------
    value : float or numpy.ndarray
        Values in `from_unit`, any shape.
    about : str or Analyte
        Id or alias of the analyte.
    from_unit, to_unit : str
        Units of that analyte.

    Returns
    -------
    float or numpy.ndarray
        Values in `to_unit`, same shape.

    Raises
    ------
    InputError
        Unknown analyte or unit.

    Examples
    --------
    >>> round(convert(9.2, "calcium_total", "mg/dL", "mmol/L"), 3)
    2.296
    """
    return value * factor(about, from_unit, to_unit)


# --- limits ----------------------------------------------------------------------------------------------------------


def _bounds_text(bounds: tuple[float | None, float | None], unit: str) -> str:
    low, high = bounds
    decimals = max(_digits(x) for x in bounds if x is not None)
    texts = [None if x is None else f"{x:.{decimals}f}".replace("-", "−") for x in bounds]
    if low is None:
        return f"up to {texts[1]} {unit}".rstrip()
    if high is None:
        return f"{texts[0]} {unit}".rstrip() + " or more"
    return f"{texts[0]} to {texts[1]} {unit}".rstrip()


def _digits(value: float) -> int:
    """Return the digits that a limit needs after its point."""
    return 0 if float(value).is_integer() else len(repr(float(value)).partition(".")[2])


def _inside(value: float, bounds: tuple[float | None, float | None]) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)


def _mix_up(about: Analyte, number: str, value: float, unit: str, label: str) -> str:
    """Say which unit the number would fit, if there is one."""
    here = about.spec(unit)
    fits = [s for s in about.units.values() if not math.isclose(s.to_si, here.to_si) and _inside(value, s.hard)]
    fits.sort(key=lambda spec: not _inside(value, spec.soft))
    if not fits:
        return "check the number and its unit."
    spec = fits[0]
    meant = shown_number(value * spec.to_si / here.to_si, here.decimals)
    return f"{number} {spec.unit} would be {meant} {unit}. Write the unit you mean."


def _check_hard(about: Analyte, number: str, value: float, unit: str, label: str) -> None:
    spec = about.spec(unit)
    low = spec.hard[0]
    if value < 0 and (low is None or low >= 0):
        raise InputError(f"{label} {number} {unit} is negative; a measured {about.name} cannot be.".replace("  ", " "))
    if _inside(value, spec.hard):
        return
    raise InputError(
        f"{label} {number} {unit}".rstrip()
        + f" is beyond what this course accepts ({_bounds_text(spec.hard, unit)}); "
        + _mix_up(about, number, value, unit, label)
    )


def soft_warnings(quantity: Quantity) -> tuple[Notice, ...]:
    """Return what to say about a value that is accepted but unusual or open to a mix-up of units.

    Returns
    -------
    tuple of Notice
        Code ``soft-limit`` for a value beyond the analyte's soft limits (a design value of the course, never a limit of
        normality) and ``unit-echo`` for PTH and 25(OH)D, whose units cannot be told apart by the number.

    Examples
    --------
    >>> [notice.code for notice in soft_warnings(parse("calcium", "14.9 mg/dL"))]
    ['soft-limit']
    """
    about, notices = quantity.about, []
    label = quantity.label or about.name
    spec = about.spec(quantity.unit)
    if not _inside(quantity.value, spec.soft):
        low, high = spec.soft
        side, limit = ("low (below", low) if low is not None and quantity.value < low else ("high (above", high)
        digits = max(spec.decimals, _digits(limit))
        text = f"{limit:.{digits}f} {spec.unit}".rstrip()
        notices.append(
            Notice("soft-limit", f"{capital(label)} {quantity.shown()} is unusually {side} {text}): is this right?")
        )
    if about.id in _ECHOED:
        notices.append(
            Notice(
                "unit-echo",
                f"{capital(label)} was read as {quantity.both()}; the number alone cannot show a mix-up of units.",
            )
        )
    return tuple(notices)


# The two whose usual values in one unit are usual in the other as well: no limit can catch a swap.
_ECHOED = frozenset({"pth", "vitd_25oh"})


def parse(about: "str | Analyte", text: str, label: str = "") -> Quantity:
    """Read a value with its unit for an analyte.

    Parameters
    ----------
    about : str or Analyte
        Id, name or alias; what was typed is used in messages.
    text : str
        For example ``"9.2 mg/dL"`` or ``"2,30 mmol/L"``.
    label : str, optional
        The name to use in messages, if not what `about` says.

    Returns
    -------
    Quantity
        Value in the unit as typed, canonical spelling, with notices.

    Raises
    ------
    InputError
        No unit, unknown unit, no number, a bound, negative, or beyond the hard limits.

    Examples
    --------
    >>> parse("calcium", "2,30 mmol/l").shown()
    '2.30 mmol/L'
    >>> parse("calcium", "9.2 mmol/L")
    Traceback (most recent call last):
    ...
    calcinosis.errors.InputError: calcium 9.2 mmol/L is beyond what this course accepts (0.8 to 6.0 mmol/L); \
9.2 mg/dL would be 2.30 mmol/L. Write the unit you mean.
    """
    record = analyte(about)
    label = _label(label or about, record)
    value, unit, notices = _read(text, label, _example(record))
    number = _number_text(text)
    if not unit and _unit_key("") not in record._spellings:
        examples = " or ".join(f"{number} {u}" for u in dict.fromkeys((record.conventional_unit, record.si_unit)))
        raise InputError(f"{label}: {number} of what? Write {examples}.")
    try:
        canonical = record.spec(unit).unit
    except InputError:
        allowed = " or ".join(name or "the number alone" for name in record.units)
        raise InputError(
            f"{label} {quoted(plain(text))}: {quoted(unit)} is not one of its units; write {allowed}."
        ) from None
    _check_hard(record, number, value, canonical, label)
    return Quantity(record.id, value, canonical, text.strip(), notices, label)


def believable(spec: UnitSpec) -> float:
    """Return a value that is no surprise in a unit: amid the soft limits, else amid the hard ones."""
    low, high = spec.soft if spec.soft[1] is not None else spec.hard
    if high is None:
        return 2.0
    return math.sqrt(low * high) if low is not None and low > 0 else high / 2


def is_accepted(spec: UnitSpec, value: float) -> bool:
    """Say whether a value lies inside the hard limits of a unit."""
    return _inside(value, spec.hard)


def _example(record: Analyte) -> str:
    """Return a believable value, as it is to be typed."""
    spec = record.spec(record.si_unit)
    return f"{shown_number(believable(spec), spec.decimals)} {spec.unit}".rstrip()


def _label(about: "str | Analyte", record: Analyte) -> str:
    """Return the name for messages: what was typed, unless that is an id made for programs."""
    if isinstance(about, str) and _name_key(about) == _name_key(record.short):
        return record.short
    return about if isinstance(about, str) and "_" not in about and len(about) < 40 else record.name


def _number_text(text: str) -> str:
    """Return the digits as typed, with a decimal point, for use in a message."""
    sign, digits, exponent, _ = _NUMBER.match(plain(text)).groups()
    return f"{sign}{digits.replace(',', '.')}{exponent or ''}".replace("-", "−")


# --- age and sex -----------------------------------------------------------------------------------------------------

_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_AGE_WORDS = {
    "": "year", "y": "year", "yr": "year", "yrs": "year", "year": "year", "years": "year",
    "mo": "month", "month": "month", "months": "month", "w": "week", "wk": "week", "week": "week", "weeks": "week",
    "d": "day", "day": "day", "days": "day",
}  # fmt: skip
_OLDEST_YEARS = 120.0


@dataclass(frozen=True, slots=True)
class Age:
    """An age as typed, in years for computing."""

    years: float
    typed: str


def parse_age(text: str) -> Age:
    """Read an age: ``"58"`` is years; infants' ages carry their unit.

    Raises
    ------
    InputError
        No number, an unknown unit of time, negative, or above 120 years.

    Examples
    --------
    >>> parse_age("58").years, round(parse_age("3 weeks").years, 4), parse_age("5 months").typed
    (58.0, 0.0575, '5 months')
    """
    try:
        value, word, _ = _read(text)
    except InputError:
        value, word = 0.0, "no age"
    unit = _AGE_WORDS.get(word.casefold().rstrip("."))
    if unit is None:
        raise InputError(f"Age: write years, or 3 weeks, 5 months; {quoted(text)} is no age.")
    years = value * _DAYS[unit] / _DAYS["year"]
    if value < 0 or years > _OLDEST_YEARS:
        raise InputError(f"Age: write years, or 3 weeks, 5 months; an age of {quoted(text)} is not possible.")
    shown = f"{value:g}"
    return Age(years, f"{shown} {unit if value == 1 else unit + 's'}")


_SEXES = {"female": "female", "f": "female", "woman": "female", "male": "male", "m": "male", "man": "male"}


def parse_sex(text: str) -> str:
    """Read a sex as reference intervals and the eGFR equation use it: ``"female"`` or ``"male"``.

    Examples
    --------
    >>> parse_sex("F")
    'female'
    """
    sex = _SEXES.get(plain(text).casefold()) if isinstance(text, str) else None
    if sex is None:
        raise InputError(f"sex: {quoted(text)} is not known; write female or male.")
    return sex
