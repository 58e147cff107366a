"""Read numbers, pairs of values and written arithmetic out of a text."""

import ast
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass

SI_UNITS = ("mmol/L", "g/L", "µmol/L", "pmol/L", "nmol/L", "mmol/d", "mmol")
CONVENTIONAL_UNITS = ("mg/dL", "g/dL", "pg/mL", "ng/L", "ng/mL", "mg/d", "mg")
_NUMBER = r"\d+(?:[ \u202f,]\d{3})*(?:\.\d+)?"
_UNIT = "|".join(
    re.escape(unit)
    for unit in sorted((*SI_UNITS, *CONVENTIONAL_UNITS, "U/L", "%", "g/d", "times"), key=len, reverse=True)
)
VALUE = re.compile(
    rf"(?<![\w.])(?P<low>{_NUMBER})(?:\s*(?:–|-|to)\s*(?P<high>{_NUMBER}))?\s*(?P<unit>{_UNIT})(?![\w/²])"
)
PAIR = re.compile(rf"{VALUE.pattern}\s*\((?:about\s+)?{VALUE.pattern.replace('P<', 'P<second_')}")
# Digits, brackets and signs, an equals sign, and the result; a unit may follow each number.
SUM = re.compile(
    r"(?P<left>[(\d][\d.()\s+−×/*·÷-]*[\d)])(?:\s*(?:[mµnp]?mol/L|[gm]g?/d?L|mmol/d|mg/d))?"
    r"\s*(?P<sign>[=≈])\s*(?:about\s+)?(?P<right>−?\d+(?:\.\d+)?)(?![\d./])"
)
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}

_ARITHMETIC = (ast.Constant, ast.BinOp, ast.UnaryOp, *_OPERATORS)


@dataclass(frozen=True, slots=True)
class Value:
    """A number, or a range, with its unit, as it stands in a text."""

    numbers: tuple[float, ...]
    decimals: tuple[int, ...]
    unit: str
    start: int


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text as they are written.

    >>> sorted(numbers_in("1.48 mmol/L at 26 g/L"))
    ['1.48', '26']
    """
    return frozenset(re.findall(r"\d+(?:\.\d+)?", text))


def _plain(number: str) -> str:
    return re.sub(r"[ \u202f,]", "", number)


def _value(match: re.Match[str], prefix: str = "") -> Value:
    found = [_plain(text) for text in (match[f"{prefix}low"], match[f"{prefix}high"]) if text]
    return Value(
        numbers=tuple(float(text) for text in found),
        decimals=tuple(len(text.partition(".")[2]) for text in found),
        unit=match[f"{prefix}unit"],
        start=match.start(f"{prefix}low"),
    )


def values_in(text: str) -> Iterator[Value]:
    """Yield every value with a known unit, in the order of the text.

    >>> [(value.numbers, value.unit) for value in values_in("1.48 mmol/L (5.93 mg/dL; 2.10–2.55 mmol/L)")]
    [((1.48,), 'mmol/L'), ((5.93,), 'mg/dL'), ((2.1, 2.55), 'mmol/L')]
    """
    for match in VALUE.finditer(text):
        yield _value(match)


def pairs_in(text: str) -> Iterator[tuple[Value, Value]]:
    """Yield values that stand in both systems, one in brackets behind the other.

    >>> [(a.unit, b.unit) for a, b in pairs_in("albumin 26 g/L (2.6 g/dL)")]
    [('g/L', 'g/dL')]
    """
    for match in PAIR.finditer(text):
        first, second = _value(match), _value(match, "second_")
        if first.unit != second.unit and len(first.numbers) == len(second.numbers):
            yield first, second


def sums_in(text: str) -> Iterator[tuple[str, float, float, float]]:
    """Yield written arithmetic as (text, worked out, as written, rounding step of the written result).

    The sum is worked out from its syntax tree, apart from the formulas of the library.

    >>> [(round(worked, 3), written) for _, worked, written, _ in sums_in("1.48 + 0.02 × (40 − 26) = 1.76")]
    [(1.76, 1.76)]
    """
    for match in SUM.finditer(text):
        left = match["left"].strip()
        # "45 mg + 3 × 4 = 57": the sum began before what the pattern can read.
        if not re.search(r"[+−×/*·÷-]", left) or text[: match.start()].rstrip()[-1:] in set("+−×/*·÷-=≈"):
            continue
        try:
            tree = ast.parse(left.translate(str.maketrans("−×·÷", "-**/")), mode="eval")
        except SyntaxError:
            continue  # brackets of the sentence, not of a sum
        if not all(isinstance(node, _ARITHMETIC) for node in ast.walk(tree.body)):
            continue
        right = match["right"].replace("−", "-")
        step = 10.0 ** -len(right.partition(".")[2])
        yield match[0], _worked(tree.body), float(right), step


def _worked(node: ast.AST) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.UnaryOp):
        return _OPERATORS[type(node.op)](_worked(node.operand))
    return _OPERATORS[type(node.op)](_worked(node.left), _worked(node.right))
