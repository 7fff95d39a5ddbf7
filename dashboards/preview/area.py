"""The rectangle in which a panel is drawn, in inches from its top left corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.transforms import Affine2D

from dashboards.preview import theme

BELOW_AXES: Final = -1


@dataclass(frozen=True)
class Area:
    """A rectangle: x and y are its top left corner, y grows downwards."""

    figure: Figure
    x: float
    y: float
    width: float
    height: float

    def inner(self, left: float, top: float, right: float, bottom: float) -> Area:
        """Return the rectangle inside these margins."""
        return Area(self.figure, self.x + left, self.y + top, self.width - left - right, self.height - top - bottom)

    def axes(self) -> Axes:
        """Add axes that fill the rectangle."""
        width, height = self.figure.get_size_inches()
        box = (self.x / width, 1 - (self.y + self.height) / height, self.width / width, self.height / height)
        return self.figure.add_axes(box)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = theme.TEXT_SIZE,
        color: str = theme.TEXT,
        bold: bool = False,
        align: str = "left",
        vertical: str = "center",
    ) -> None:
        """Draw a line of text, positioned relative to the rectangle."""
        self.figure.text(
            self.x + x,
            self.y + y,
            text.replace("$", r"\$"),
            fontsize=size,
            color=color,
            fontweight="bold" if bold else "normal",
            ha=align,
            va=vertical,
            transform=self._inches(),
        )

    def box(self, face: str, edge: str | None = None) -> None:
        """Fill the rectangle with a card with rounded corners."""
        self.figure.add_artist(
            FancyBboxPatch(
                (self.x, self.y),
                self.width,
                self.height,
                boxstyle="round,pad=0,rounding_size=0.04",
                facecolor=face,
                edgecolor=edge or face,
                linewidth=0.8,
                zorder=BELOW_AXES,
                transform=self._inches(),
            )
        )

    def bar(self, x: float, y: float, width: float, height: float, face: str) -> None:
        """Draw a filled rectangle, positioned relative to this one."""
        corner = (self.x + x, self.y + y)
        self.figure.add_artist(
            Rectangle(
                corner, width, height, facecolor=face, edgecolor="none", zorder=BELOW_AXES, transform=self._inches()
            )
        )

    def _inches(self) -> Affine2D:
        width, height = self.figure.get_size_inches()
        flipped = Affine2D().scale(1 / width, -1 / height).translate(0, 1)
        return flipped + self.figure.transFigure  # type: ignore[return-value]


def truncated(text: str, inches: float, size: float = theme.TEXT_SIZE) -> str:
    """Return a text, truncated to a width; the width is estimated conservatively."""
    limit = max(1, int(inches / width_of("x", size)))
    return text if len(text) <= limit else text[: max(1, limit - 1)] + "…"


def width_of(text: str, size: float = theme.TEXT_SIZE) -> float:
    """Return the approximate width of a text in inches."""
    return len(text) * size * 0.57 / 72
