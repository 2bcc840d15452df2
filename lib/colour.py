"""Colours that can be read (WCAG 2): the contrast of two, and a brand's own moved until it suffices."""

import colorsys
import re

ENOUGH = 4.5  # text of any size, level AA
_HEX = re.compile(r"#[0-9a-f]{6}")
WHITE, BLACK = "#ffffff", "#000000"  # a nearly black one would not suffice on mid-greys


def is_colour(text: str) -> bool:
    """Whether the text is a colour as #rrggbb, in small letters."""
    return bool(_HEX.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(fill: str) -> str:
    """Return white or black, whichever reads better on the fill; one of them always has enough contrast."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, fill))


def readable(colour: str, on: str) -> str:
    """Return the colour, moved towards dark or light until it can be read as text on the background."""
    step = -0.01 if _luminance(on) > 0.18 else 0.01
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    while contrast(colour, on) < ENOUGH and 0 <= lightness <= 1:
        lightness += step
        mixed = colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation)
        colour = "#" + "".join(f"{round(part * 255):02x}" for part in mixed)
    return colour


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
