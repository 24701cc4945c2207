"""A QR code as the path of an SVG: geometry in attributes, so that it needs no style and no data address."""

from typing import Any

import qrcode


def as_path(text: str) -> dict[str, Any]:
    """The size of the square, quiet zone included, and the dark modules, row by row."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return {"size": len(rows), "path": "".join(parts)}
