"""A photo drawn anew: only its pixels come over; place, time, camera and all else stay behind.

Runs behind the walls of the sandbox; Pillow alone opens the file.
"""

import warnings
from pathlib import Path

from PIL import Image, ImageOps

LONGEST_SIDE = 1_600
MOST_PIXELS = 40_000_000
QUALITY = 80
NAME = "photo.jpg"


class NotAPhoto(Exception):
    """The file is no JPEG or PNG that can be drawn. Arguments: why, Vietnamese and English."""


def redraw(photo: Path, folder: Path) -> tuple[int, int]:
    """Write `folder`/NAME, a JPEG of at most LONGEST_SIDE pixels; its width and height.

    Raises NotAPhoto; Pillow's errors for broken files are turned into it.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(photo, formats=("JPEG", "PNG")) as came:
            if came.width * came.height > MOST_PIXELS:
                raise NotAPhoto("ảnh có quá nhiều điểm ảnh", "the photo has too many pixels")
            came.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            turned = ImageOps.exif_transpose(came)
            turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = Image.new("RGB", turned.size, "white")
            solid = turned.convert("RGBA")
            drawn.paste(solid, mask=solid.getchannel("A"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPhoto("ảnh có quá nhiều điểm ảnh", "the photo has too many pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as error:
        raise NotAPhoto("tệp ảnh bị hỏng", "the photo's file is broken") from error
    drawn.save(folder / NAME, "JPEG", quality=QUALITY)
    return drawn.size
