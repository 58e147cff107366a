"""Forms of plasma calcium by the law of mass action: ionised, albumin-bound, globulin-bound, complexed.

Each site of a protein and each small anion (a *ligand*) binds one calcium ion. At a free concentration ``c`` and an
effective affinity ``K`` the share ``K c / (1 + K c)`` of a ligand is taken. Protons compete for most protein sites and
for phosphate, which lowers the effective affinity as pH falls. Ionised calcium follows from the total by one root of an
increasing function. The constants are *teaching values* (``data/binding.yml``): they meet published anchors and are
fitted to no patient.
"""

import math
from dataclasses import dataclass
from functools import cache

from calcinosis import content
from calcinosis.errors import InputError

_LIMITS = {
    "total_mmol_l": ("total calcium", "mmol/L"),
    "ionised_mmol_l": ("ionised calcium", "mmol/L"),
    "albumin_g_l": ("albumin", "g/L"),
    "ph": ("pH", ""),
    "citrate_mmol_l": ("citrate", "mmol/L"),
}


@dataclass(frozen=True, slots=True)
class Constants:
    """One parameter set; every number carries its unit in its name and the mark *teaching value*."""

    reference_total_mmol_l: float
    reference_ionised_mmol_l: float
    reference_albumin_g_l: float
    reference_ph: float
    reference_citrate_mmol_l: float
    albumin_molar_mass_g_mmol: float
    proton_sites_per_albumin: float
    plain_sites_per_albumin: float
    site_pk: float
    site_affinity_l_mmol: float
    globulin_g_l: float
    globulin_sites_mmol_g: float
    bicarbonate_mmol_l: float
    bicarbonate_affinity_l_mmol: float
    phosphate_mmol_l: float
    phosphate_affinity_l_mmol: float
    phosphate_pk: float
    citrate_affinity_l_mmol: float
    lactate_mmol_l: float
    lactate_affinity_l_mmol: float


@dataclass(frozen=True, slots=True)
class Ligand:
    """Something that binds calcium one to one: what it is part of, how much there is, how strongly it binds."""

    form: str
    total_mmol_l: float
    affinity_l_mmol: float

    def bound_mmol_l(self, ionised_mmol_l: float) -> float:
        """Return the calcium that this ligand holds at a given ionised calcium."""
        pull = self.affinity_l_mmol * ionised_mmol_l
        return self.total_mmol_l * pull / (1.0 + pull)

    def slope(self, ionised_mmol_l: float) -> float:
        """Return the change of bound per change of ionised calcium."""
        return self.total_mmol_l * self.affinity_l_mmol / (1.0 + self.affinity_l_mmol * ionised_mmol_l) ** 2


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of plasma calcium in mmol/L; complexed is the sum of its four parts."""

    ionised_mmol_l: float
    albumin_mmol_l: float
    globulin_mmol_l: float
    bicarbonate_mmol_l: float
    phosphate_mmol_l: float
    citrate_mmol_l: float
    lactate_mmol_l: float

    @property
    def complexed_mmol_l(self) -> float:
        """Calcium in complexes with small anions."""
        return self.bicarbonate_mmol_l + self.phosphate_mmol_l + self.citrate_mmol_l + self.lactate_mmol_l

    @property
    def total_mmol_l(self) -> float:
        """What the laboratory measures as total calcium."""
        return self.ionised_mmol_l + self.albumin_mmol_l + self.globulin_mmol_l + self.complexed_mmol_l

    def shares(self) -> dict[str, float]:
        """Return the share of each form in the total; they add up to 1.

        Examples
        --------
        >>> {form: round(share, 2) for form, share in reference().shares().items()}
        {'ionised': 0.5, 'albumin': 0.34, 'globulin': 0.04, 'complexed': 0.13}
        """
        total = self.total_mmol_l
        return {
            "ionised": self.ionised_mmol_l / total,
            "albumin": self.albumin_mmol_l / total,
            "globulin": self.globulin_mmol_l / total,
            "complexed": self.complexed_mmol_l / total,
        }


@cache
def _constants(_folder: str) -> Constants:
    records = content.load_records("binding")
    return Constants(**{name: records[name].value for name in Constants.__dataclass_fields__})


def constants() -> Constants:
    """Return the course's parameter set, read from ``data/binding.yml``.

    Examples
    --------
    >>> constants().reference_ionised_mmol_l
    1.2
    """
    return _constants(str(content.data_dir()))


def allowed(name: str) -> tuple[float, float]:
    """Return the lowest and highest value that the model accepts for an input (a design value).

    Examples
    --------
    >>> allowed("ph")
    (6.9, 7.8)
    """
    record = content.load_records("binding")[f"allowed_{name}"]
    return record.low, record.high


def in_the_tube(
    total_mmol_l: float, *, albumin_g_l: float, ph: float, citrate_mmol_l: float, using: Constants | None = None
) -> Forms:
    """Share out a fixed total calcium, as in a closed tube where nothing can come or go.

    Parameters
    ----------
    total_mmol_l : float
        Total calcium (0.8 to 6.0 mmol/L).
    albumin_g_l : float
        Albumin (10 to 60 g/L).
    ph : float
        pH (6.9 to 7.8).
    citrate_mmol_l : float
        Total citrate (0 to 5 mmol/L).
    using : Constants, optional
        Another parameter set.

    Returns
    -------
    Forms
        The forms; they sum to ``total_mmol_l`` within 1e-9.

    Raises
    ------
    calcinosis.errors.InputError
        An input is no number or lies outside what the model accepts.

    Notes
    -----
    Anchors: shares [uptodate_cap]; ionised calcium falls by the factor 10^(-0.178) per unit of pH [medalg_ph].

    Examples
    --------
    Alkalosis in the tube lowers ionised calcium by about 0.05 mmol/L for 0.1 pH:

    >>> forms = in_the_tube(2.40, albumin_g_l=40, ph=7.50, citrate_mmol_l=0.1)
    >>> round(forms.ionised_mmol_l, 2), round(forms.total_mmol_l, 9)
    (1.15, 2.4)
    """
    accept(total_mmol_l=total_mmol_l, albumin_g_l=albumin_g_l, ph=ph, citrate_mmol_l=citrate_mmol_l)
    ligands = _ligands(albumin_g_l, ph, citrate_mmol_l, using or constants())
    return _forms(_ionised_at(total_mmol_l, ligands), ligands)


def in_the_patient(
    ionised_mmol_l: float, *, albumin_g_l: float, ph: float, citrate_mmol_l: float, using: Constants | None = None
) -> Forms:
    """Load every binder around a defended ionised calcium, as in a patient whose parathyroid glands hold it.

    Parameters
    ----------
    ionised_mmol_l : float
        Ionised calcium (0.3 to 3.0 mmol/L).
    albumin_g_l, ph, citrate_mmol_l, using
        As in :func:`in_the_tube`.

    Returns
    -------
    Forms
        The forms around ``ionised_mmol_l``; the total is their sum.

    Raises
    ------
    calcinosis.errors.InputError
        An input is no number or lies outside what the model accepts.

    Examples
    --------
    Ten g/L less albumin take about 0.20 mmol/L from the total, binding alone:

    >>> forms = in_the_patient(1.20, albumin_g_l=30, ph=7.40, citrate_mmol_l=0.1)
    >>> round(forms.total_mmol_l, 2)
    2.2
    """
    accept(ionised_mmol_l=ionised_mmol_l, albumin_g_l=albumin_g_l, ph=ph, citrate_mmol_l=citrate_mmol_l)
    return _forms(ionised_mmol_l, _ligands(albumin_g_l, ph, citrate_mmol_l, using or constants()))


def reference() -> Forms:
    """Return the forms at the reference point: ionised 1.20 mmol/L, albumin 40 g/L, pH 7.40.

    Examples
    --------
    >>> round(reference().total_mmol_l, 2)
    2.4
    """
    known = constants()
    return in_the_patient(
        known.reference_ionised_mmol_l,
        albumin_g_l=known.reference_albumin_g_l,
        ph=known.reference_ph,
        citrate_mmol_l=known.reference_citrate_mmol_l,
    )


def albumin_slope_mmol_g(ionised_mmol_l: float = 1.20, ph: float = 7.40) -> float:
    """Return how much total calcium changes per g/L of albumin while ionised calcium is held, by binding alone.

    Parameters
    ----------
    ionised_mmol_l : float
        The defended ionised calcium.
    ph : float
        pH.

    Returns
    -------
    float
        Slope in mmol/L per g/L; times 40.078 / 4 about mg/dL per g/dL.

    Examples
    --------
    >>> round(albumin_slope_mmol_g(), 4)
    0.0202
    """
    low, high = (in_the_patient(ionised_mmol_l, albumin_g_l=a, ph=ph, citrate_mmol_l=0.0) for a in (20.0, 60.0))
    return (high.total_mmol_l - low.total_mmol_l) / 40.0


def accept(**values: float) -> None:
    """Refuse an input that the model does not take.

    Raises
    ------
    calcinosis.errors.InputError
        One sentence naming the input, its limits and what to do.

    Examples
    --------
    >>> accept(ph=74)
    Traceback (most recent call last):
    calcinosis.errors.InputError: pH 74 is outside what this model takes (6.9 to 7.8); choose a value in between.
    """
    for key, value in values.items():
        name, unit = _LIMITS[key]
        low, high = allowed(key)
        space = f" {unit}" if unit else ""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InputError(f"{name} must be a number from {low:g} to {high:g}{space}; found {str(value)[:20]!r}.")
        if not low <= value <= high:
            raise InputError(
                f"{name} {value:g}{space} is outside what this model takes ({low:g} to {high:g}{space}); "
                "choose a value in between."
            )


def _free_of_protons(pk: float, ph: float) -> float:
    """Return the share of an acid group that carries no proton."""
    return 1.0 / (1.0 + 10.0 ** (pk - ph))


def _ligands(albumin_g_l: float, ph: float, citrate_mmol_l: float, k: Constants) -> tuple[Ligand, ...]:
    """List everything that binds calcium at this pH, protein sites in two classes."""
    # A proton on the site keeps calcium off: the affinity scales with the share of proton-free sites, 1 at pH 7.40.
    open_sites = _free_of_protons(k.site_pk, ph) / _free_of_protons(k.site_pk, k.reference_ph)
    touched, plain = k.site_affinity_l_mmol * open_sites, k.site_affinity_l_mmol
    share = k.proton_sites_per_albumin / (k.proton_sites_per_albumin + k.plain_sites_per_albumin)
    albumin = albumin_g_l / k.albumin_molar_mass_g_mmol
    globulin = k.globulin_g_l * k.globulin_sites_mmol_g
    phosphate = k.phosphate_affinity_l_mmol * _free_of_protons(k.phosphate_pk, ph)
    return (
        Ligand("albumin", albumin * k.proton_sites_per_albumin, touched),
        Ligand("albumin", albumin * k.plain_sites_per_albumin, plain),
        Ligand("globulin", globulin * share, touched),
        Ligand("globulin", globulin * (1.0 - share), plain),
        Ligand("bicarbonate", k.bicarbonate_mmol_l, k.bicarbonate_affinity_l_mmol),
        Ligand("phosphate", k.phosphate_mmol_l, phosphate),
        Ligand("citrate", citrate_mmol_l, k.citrate_affinity_l_mmol),
        Ligand("lactate", k.lactate_mmol_l, k.lactate_affinity_l_mmol),
    )


def _ionised_at(total_mmol_l: float, ligands: tuple[Ligand, ...]) -> float:
    """Find the ionised calcium that gives this total.

    Total is an increasing, concave function of ionised calcium, so Newton's steps from zero climb to the only root
    and never pass it.
    """
    ionised = 0.0
    for _ in range(60):
        excess = ionised + sum(ligand.bound_mmol_l(ionised) for ligand in ligands) - total_mmol_l
        step = excess / (1.0 + sum(ligand.slope(ionised) for ligand in ligands))
        ionised -= step
        if abs(step) < 1e-14:
            break
    return ionised


def _forms(ionised_mmol_l: float, ligands: tuple[Ligand, ...]) -> Forms:
    bound = dict.fromkeys((ligand.form for ligand in ligands), 0.0)
    for ligand in ligands:
        bound[ligand.form] += ligand.bound_mmol_l(ionised_mmol_l)
    return Forms(float(ionised_mmol_l), *(bound[name.removesuffix("_mmol_l")] for name in Forms.__slots__[1:]))
