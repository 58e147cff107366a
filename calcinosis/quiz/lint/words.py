"""Word lists of the rules: in one place, so that an author can see and extend them."""

import re


def word_set(text: str) -> frozenset[str]:
    """Return the words of a plain list, which is easier to extend than quoted ones."""
    return frozenset(text.split())


def word_pattern(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that finds any alternative as a whole word, whatever its case."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


# Words that carry no clue although they are long.
STOP_WORDS = word_set(
    """about above after again against along among another because before being below between cannot could does doing
    during either every first found given gives going having itself large least level levels likely lower might month
    months other patient rather result results second shows should since small still system their there these thing
    third those three through today under until using value values which while whose without woman women would years
    your"""
)

ABSOLUTE = word_pattern("always", "never", "all", "none", "only", "must", "cannot", "every")
VAGUE = word_pattern("usually", "often", "may", "sometimes", "rarely", "frequently")
NEGATIVE = word_pattern("not", "except", "least", "incorrect", "false", "never")
CATCH_ALL = re.compile(
    r"\b(?:all|none|any|some|both|neither) of (?:the )?(?:above|these|them|those|following)\b|\bboth [a-e] and [a-e]\b"
    r"|\b[a-e] and [a-e] only\b|^\s*(?:other|others|unknown|not known|cannot tell)\s*\.?\s*$",
    re.IGNORECASE,
)
OPEN_LEAD_IN = re.compile(
    r"\bwhich (?:one )?of (?:the following|these)(?: statements?)?\b.*\b(?:true|false|correct|incorrect|wrong|right)\b"
    r"|\bwhich statements?\b.*\b(?:true|false|correct|incorrect|wrong|right)\b",
    re.IGNORECASE,
)
# "Which mechanism", "What is the best next step", "How much" ask for one definite thing; "Which of these" does not.
CLOSED_LEAD_IN = re.compile(
    r"^(?:(?:in|by|from|to|with|at|on|for) )?(?:which (?!of\b|statements?\b|is (?:true|false)\b)\w+"
    r"|which is the (?:most|best)\b|what (?:is|are|was|will|would|does|do|did|share|fraction|change)\b"
    r"|how (?:much|many|large|big|far|long|does|do|will)\b|where\b|why\b|when\b)",
    re.IGNORECASE,
)
CROSS_REFERENCE = re.compile(
    r"\bas above\b|\b(?:previous|preceding|last|next|earlier|following) (?:question|item|case|patient)\b"
    r"|\bsame (?:patient|man|woman|case)\b|\b(?:question|item) \d+\b|\bsee above\b",
    re.IGNORECASE,
)
TITLED_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Herr|Frau|Señora?|Mme|M)\.? [A-Z][a-z]+")
FULL_DATE = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"
    r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December) (?:19|20)\d{2}\b"
)
RECORD_NUMBER = re.compile(r"\b(?:MRN|NHS|hospital|record|case|patient) (?:no\.?|number|id)[ :#]*\w*\d", re.IGNORECASE)
FORBIDDEN_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|style|iframe|object|embed|link|meta|form|img|svg|a)\b|\bon[a-z]+\s*=\s*[\"']|\bdata:\w+/|javascript:"
    r"|https?://|(?<!\w)//\w",
    re.IGNORECASE,
)
ALLOWED_TAGS = frozenset({"b", "i", "em", "strong", "sub", "sup", "br"})
ANY_TAG = re.compile(r"</?\s*([a-zA-Z][\w-]*)[^<>]*>")

AGE = re.compile(
    r"\b(?:aged? (?:about )?\d{1,3}|\d{1,3}[- ](?:year|month|week|day)s?[- ]old|(?:man|woman|boy|girl|person|patient)"
    r" of \d{1,3}|newborn|neonate)\b",
    re.IGNORECASE,
)
SEX = word_pattern(
    "man", "woman", "boy", "girl", "male", "female", "he", "she", "her", "his", "transgender", "non-binary"
)
SETTING = word_pattern(
    *("clinic", "ward", "emergency", "department", "hospital", "surgery", "practice", "theatre", "intensive", "care"),
    *("h?a?emodialysis", "dialysis", "admitted", "admission", "referred", "presents?", "comes", "came", "brought in"),
    *(
        "complains?",
        "reports?",
        "attends?",
        "seen",
        "screening",
        "check",
        "check-up",
        "routine",
        "antenatal",
        "treated",
    ),
    *(
        "outpatients?",
        "ambulance",
        "unit",
        "centre",
        "donors?",
        "donat\\w+",
        "collapses?",
        "seizures?",
        "loses",
        "tingl\\w+",
    ),
    *(
        "pain\\w*",
        "hurts?",
        "cramps?",
        "nausea",
        "fatigue",
        "tired\\w*",
        "swelling",
        "thirst\\w*",
        "constipation",
        "stones?",
    ),
    *(
        "weakness",
        "confus\\w+",
        "lumps?",
        "nodules?",
        "plaques?",
        "twitch\\w*",
        "felt",
        "feels?",
        "itch\\w*",
        "ulcers?",
    ),
)
DURATION = re.compile(
    r"\b(?:(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|a few|half an?|an?|the (?:last|past))"
    r" (?:more )?(?:second|minute|hour|day|night|week|month|year)s?|suddenly|sudden|abruptly|overnight|since|"
    r"(?:first|second|third|fourth|fifth|last) (?:few )?(?:day|night|week|month|year)s?|"
    r"last (?:spring|summer|autumn|winter)|for (?:minutes|hours|days|weeks|months|years)|"
    r"in (?:January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"(?:this|yesterday|last) (?:morning|evening|night|week|month|year)|\d+(?:st|nd|rd|th)? weeks?|"
    r"(?:first|second|third) trimester|(?:minutes|hours|days|weeks|months|years) (?:ago|later|after|into))\b(?!-old)",
    re.IGNORECASE,
)
BARE_VERDICT = re.compile(r"^\W*(?:wrong|incorrect|no|false|not correct|correct|right|yes|true)\W*$", re.IGNORECASE)

# Capitals that are names, not shouting.
ALLOWED_CAPITALS = word_set(
    """ACE ALP AMP ANA ATP BMI BUN CAP CCCR CK CKD CRP CT DNA ECG EDTA EGFR ESR FGF FGF23 FHH GFR GP HIV ICU IU KDIGO
    MGP MRI NHANES NSAID PCR PHPT PPI PTH PTHRP SD SI TMP TRP UK US USA USS UV WHO CASR"""
)
# Abbreviations that a second-year student reads without help.
PLAIN_ACRONYMS = frozenset(
    {"DNA", "ECG", "CT", "MRI", "GP", "HIV", "SI", "UK", "US", "USA", "WHO", "PH", "EDTA", "ATP", "ICU"}
)

OPPOSITES = (
    ("hyper", "hypo"),
    ("increase", "decrease"),
    ("rise", "fall"),
    ("rises", "falls"),
    ("higher", "lower"),
    ("raised", "lowered"),
    ("acidosis", "alkalosis"),
    ("more", "less"),
    ("gain", "loss"),
    ("above", "below"),
)
DOSE = re.compile(
    r"\b\d+(?:\.\d+)?\s*(?:mg|g|µg|micrograms?|mL|IU|units?|mmol)\b(?!\s*/\s*(?:dL|L|mL|mmol|mg|d\b))"
    r"(?=[^.]{0,40}\b(?:daily|twice|orally|intravenous\w*|infus\w+|inject\w+|tablets?|of calcium gluconate|per kg"
    r"|per dose|every \d+ h\w*)\b)",
    re.IGNORECASE,
)
FINDING = word_pattern(
    *(
        "tingl\\w+",
        "cramps?",
        "spasms?",
        "tetany",
        "seizures?",
        "carpal",
        "swelling",
        "oedema",
        "pain\\w*",
        "lumps?",
        "plaques?",
        "numb\\w*",
    ),
    *("tired", "fatigue", "thirst", "confus\\w+", "weak\\w*", "protein\\w*", "fractures?", "breath\\w*", "tourniquet"),
    *("transfusion\\w*", "QT", "rash", "nodules?", "pregnan\\w+", "vomit\\w*", "albumin", "citrate"),
)
