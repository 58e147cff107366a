"""Code the laboratory values of the collected case reports: numbers, units, intervals and flags, and no sentence.

The reports themselves are not part of the project. This script reads them where they lie beside it and writes
``tests/data/records.json``, on which the tests run: every number printed in a report must be read by the parser and
pass the input limits, or stand in ``data/record_errors.yml``.

    python scripts/code_records.py ../shared/cases/teach
"""

import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "data" / "records.json"

# Names that the collection uses for analytes of data/analytes.yml.
ANALYTES = {"ca_cr_clearance_ratio": "cccr", "fractional_excretion_phosphate": "fe_phosphate"}
# The one unit whose printed form no parser should have to know.
UNITS = {"(mmol/l)2": "mmol²/L²"}
# PTHrP in mass units is an analyte of its own, because fragments have no common molar mass.
BY_MASS = {"pthrp": "pthrp_mass"}


def coded(lab: dict) -> dict:
    """Return one laboratory value in codes."""
    unit = lab["unit"] or ""
    analyte = ANALYTES.get(lab["analyte"], lab["analyte"])
    if unit.lower() == "pg/ml":
        analyte = BY_MASS.get(analyte, analyte)
    return {
        "analyte": analyte,
        "value": lab["value"],
        "unit": UNITS.get(unit, unit),
        "interval": lab.get("ref_interval"),
        "flag": lab.get("flag") if lab.get("flag") in {"low", "normal", "high"} else None,
    }


def coded_record(record: dict) -> dict:
    """Return one report in codes; a report without a numeric value keeps its number and an empty list."""
    patient, source = record["patient"], record["source"]
    return {
        "record": record["id"].split("-")[0],
        "category": record["category"],
        "subtype": record["subtype"],
        "age": patient["age"],
        "age_unit": patient["age_unit"],
        "sex": patient["sex"],
        "doi": source["doi"],
        "pmid": source["pmid"],
        "labs": [coded(lab) for lab in record["labs"] if isinstance(lab.get("value"), int | float)],
    }


def main(folder: str) -> int:
    """Write the coded records and say how many there are."""
    paths = sorted(Path(folder).glob("*.json"))
    if not paths:
        print(f"no case records in {folder}; give the folder that holds them", file=sys.stderr)
        return 2
    records = [coded_record(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    lines = ",\n".join(json.dumps(record, ensure_ascii=False, sort_keys=True) for record in records)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(records)} records, {sum(len(record['labs']) for record in records)} values")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "../shared/cases/teach"))
