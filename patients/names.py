"""Names as the design shows them: FAMILY, Given Middle (Title); single names as recorded."""

import unicodedata


def display_name(*, family_name: str, given_names: str = "", name_title: str = "") -> str:
    """'OLUWASEUN-FALADE, Oluwatobiloba Temidayo (Mrs)'. Diacritics and scripts are kept.

    Only the family name is set in capitals, and only when there is a given name to tell it from.
    """
    has_both = family_name and given_names
    name = f"{family_name.upper()}, {given_names}" if has_both else family_name or given_names
    return f"{name} ({name_title})" if name_title else name


def tidy(text: str) -> str:
    """One line: composed characters, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
