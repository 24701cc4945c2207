"""Names of things as the register shows them."""


def equipment_name(description: str) -> str:
    """'Manual wheelchair' for 'Manual  wheelchair (physical object)': single spaces, no SNOMED semantic tag."""
    return " ".join(description.split()).removesuffix("(physical object)").rstrip()
