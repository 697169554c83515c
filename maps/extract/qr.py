"""QR codes as vector pictures."""

from io import BytesIO

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """The QR of a text, level M, with its quiet zone; it fills whatever box it is put in.

    Raises segno.DataOverflowError for more than a QR can hold.
    """
    out = BytesIO()
    segno.make(text, micro=False, error="m", boost_error=False).save(
        out, kind="svg", xmldecl=False, omitsize=True, border=3, lineclass=None, svgclass=None
    )
    return Markup(out.getvalue().decode())  # noqa: S704  modules drawn by segno, no words
