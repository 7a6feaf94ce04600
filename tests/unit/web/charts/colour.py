"""How colours look: contrast (WCAG 2.2), distance (OKLab), and to eyes that lack a cone.

Sources: Ottosson 2020, "A perceptual color space for image processing"; Machado, Oliveira and
Fernandes 2009, IEEE TVCG 15(6): 1291-1298 (severity 1.0).
"""

import numpy as np

EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> np.ndarray:
    """Linear red, green, blue of ``#rrggbb``, each 0 to 1."""
    coded = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    dark, light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return float((light + 0.05) / (dark + 0.05))


def lightness(colour: str) -> float:
    return float(_oklab(linear(colour))[0])


def distance(one: str, other: str, eye: str) -> float:
    """OKLab distance times 100, as ``eye`` sees the two; below about 5 they are hard to tell."""
    seen = [_oklab(np.clip(EYES[eye] @ linear(c), 0, 1)) for c in (one, other)]
    return float(100 * np.linalg.norm(seen[0] - seen[1]))


def _oklab(rgb: np.ndarray) -> np.ndarray:
    return _LAB @ np.cbrt(_CONES @ rgb)
