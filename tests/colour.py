"""How eyes tell colours apart: contrast, difference, and three kinds of blindness.

Sources: WCAG 2.2 (relative luminance, contrast ratio); Machado, Oliveira and
Fernandes 2009, "A physiologically-based model for simulation of color vision
deficiency", table 1 (the matrices at full severity, for linear RGB); Sharma,
Wu and Dalal 2005 (CIEDE2000).
"""

import numpy as np

BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Linear sRGB to CIE XYZ, and the white of its screen (D65).
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    """Return red, green and blue of "#rrggbb" as amounts of light."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return np.array(
        [
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4
            for p in parts
        ]
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    light = sorted(TO_XYZ[1] @ linear(colour) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def mixed(top: str, ground: str, share: float) -> str:
    """Return what so much of one colour gives on another, as a page mixes them."""
    pairs = zip(bytes.fromhex(top[1:]), bytes.fromhex(ground[1:]), strict=True)
    return (
        f"#{bytes(round(share * a + (1 - share) * b) for a, b in pairs).hex()}"
    )


def seen(colour: str, blindness: str | None = None) -> np.ndarray:
    """Return the CIELAB coordinates of a colour as some eye sees it."""
    light = linear(colour)
    if blindness:
        light = np.clip(np.array(BLINDNESS[blindness]) @ light, 0, 1)
    xyz = TO_XYZ @ light / TO_XYZ.sum(axis=1)
    f = np.where(
        xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29
    )
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return CIEDE2000 of two CIELAB colours: about 1 can just be seen."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    grey = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    a1, a2 = grey * a1, grey * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2([b1, b2], [a1, a2])) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    # Where one of them is grey, its hue says nothing.
    between = h1 + turn / 2 if c1 * c2 else h1 + h2
    turn = turn if c1 * c2 else 0
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    cosines = np.cos(
        np.radians(
            [between - 30, 2 * between, 3 * between + 6, 4 * between - 63]
        )
    )
    bend = 1 + cosines @ [-0.17, 0.24, 0.32, -0.20]
    blue = 30 * np.exp(-((((between % 360) - 275) / 25) ** 2))
    twist = (
        -2
        * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
        * np.sin(np.radians(2 * blue))
    )
    dl = (l2 - l1) / (
        1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    )
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    dh /= 1 + 0.015 * chroma * bend
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + twist * dc * dh))
