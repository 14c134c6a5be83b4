"""Read the rules drawn on a PDF page: lines, thin boxes and the edges of filled ones."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2
from pypdfium2 import raw

_MAX_OBJECTS = 5_000
_MAX_SEGMENTS = 40_000
_MAX_DEPTH = 3
# In points: a box no thicker is a line, a slant no greater is level, a piece no longer is a dot.
_THIN = 2.5
_LEVEL = 0.6
_SHORT = 3.0
# Rules on one line, and their ends, that lie no farther apart than this are one rule.
_SAME = 2.2
_JOINED = 3.5
_FRAME = 0.97

Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule at ``place`` (the height of a level one, the left of an upright) from one end on."""

    place: float
    start: float
    end: float


@dataclass(slots=True)
class Rules:
    """The level and the upright rules of a page."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)


def read_rules(page: pypdfium2.PdfPage) -> Rules:
    """Return what is ruled on a page, in points from its lower left corner as it is shown."""
    found = Rules()
    reader = _Reader(found)
    count = min(raw.FPDFPage_CountObjects(page), _MAX_OBJECTS)
    reader.read((raw.FPDFPage_GetObject(page, index) for index in range(count)), _AS_IT_IS, 0)
    width, height = page.get_size()
    found = turned(found, page.get_rotation(), width, height)
    # What goes from edge to edge frames the page.
    return Rules(
        joined([rule for rule in found.level if rule.end - rule.start < width * _FRAME]),
        joined([rule for rule in found.upright if rule.end - rule.start < height * _FRAME]),
    )


def turned(rules: Rules, rotation: int, width: float, height: float) -> Rules:
    """Return the rules of a page's own space as they lie on the page that is shown."""
    if rotation == 90:
        level = [Rule(height - rule.place, rule.start, rule.end) for rule in rules.upright]
        upright = [Rule(r.place, height - r.end, height - r.start) for r in rules.level]
        return Rules(level, upright)
    if rotation == 180:
        return Rules(
            [Rule(height - r.place, width - r.end, width - r.start) for r in rules.level],
            [Rule(width - r.place, height - r.end, height - r.start) for r in rules.upright],
        )
    if rotation == 270:
        level = [Rule(r.place, width - r.end, width - r.start) for r in rules.upright]
        upright = [Rule(width - r.place, r.start, r.end) for r in rules.level]
        return Rules(level, upright)
    return rules


def joined(rules: list[Rule]) -> list[Rule]:
    """Return the rules with those of one line made one, shortest pieces left out."""
    whole: list[Rule] = []
    for group in _on_one_line(sorted(rules, key=lambda rule: rule.place)):
        place = sum(rule.place for rule in group) / len(group)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start <= end + _JOINED:
                end = max(end, rule.end)
            else:
                whole.append(Rule(place, start, end))
                start, end = rule.start, rule.end
        whole.append(Rule(place, start, end))
    return [rule for rule in whole if rule.end - rule.start > _SHORT]


def _on_one_line(rules: list[Rule]) -> Iterator[list[Rule]]:
    group: list[Rule] = []
    for rule in rules:
        if group and rule.place - group[0].place > _SAME:
            yield sorted(group, key=lambda each: each.start)
            group = []
        group.append(rule)
    if group:
        yield sorted(group, key=lambda each: each.start)


class _Reader:
    def __init__(self, found: Rules) -> None:
        self._found = found
        self._left = _MAX_SEGMENTS

    def read(self, items: Iterator[object], matrix: Matrix, depth: int) -> None:
        for item in items:
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH and self._left > 0:
                self._path(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                count = min(raw.FPDFFormObj_CountObjects(item), _MAX_OBJECTS)
                inner = (raw.FPDFFormObj_GetObject(item, index) for index in range(count))
                self.read(inner, _times(_matrix(item), matrix), depth + 1)

    def _path(self, path: object, outer: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if not raw.FPDFPath_GetDrawMode(path, fill, stroke) or not (fill.value or stroke.value):
            return
        thin = self._thin(path, outer)
        if thin is not None:
            self._line(*thin)
            return
        for points in self._subpaths(path, _times(_matrix(path), outer)):
            if fill.value and len(points) > 2:
                self._box(points)
            if stroke.value:
                for one, other in pairwise(points):
                    self._line(one, other)

    def _thin(self, path: object, outer: Matrix) -> tuple[Point, Point] | None:
        """Return the ends of a path that is but a line, which needs no closer look."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not raw.FPDFPageObj_GetBounds(path, left, bottom, right, top):
            return None
        wide, high = right.value - left.value, top.value - bottom.value
        if min(wide, high) > _THIN or max(wide, high) < 2 * _THIN:
            return None
        x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
        if wide > high:
            return _moved((left.value, y), outer), _moved((right.value, y), outer)
        return _moved((x, bottom.value), outer), _moved((x, top.value), outer)

    def _subpaths(self, path: object, matrix: Matrix) -> Iterator[list[Point]]:
        points: list[Point] = []
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(min(raw.FPDFPath_CountSegments(path), self._left)):
            self._left -= 1
            segment = raw.FPDFPath_GetPathSegment(path, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = _moved((x.value, y.value), matrix)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                yield points
                points = []
            points.append(point)
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        yield points

    def _box(self, points: list[Point]) -> None:
        """Take a filled box for a rule where it is thin, else its four edges."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
        corners = all(
            min(x - left, right - x) < _LEVEL and min(y - bottom, top - y) < _LEVEL
            for x, y in points
        )
        if not corners:
            return
        if top - bottom <= _THIN:
            self._found.level.append(Rule((bottom + top) / 2, left, right))
        elif right - left <= _THIN:
            self._found.upright.append(Rule((left + right) / 2, bottom, top))
        else:
            self._found.level += (Rule(bottom, left, right), Rule(top, left, right))
            self._found.upright += (Rule(left, bottom, top), Rule(right, bottom, top))

    def _line(self, one: Point, other: Point) -> None:
        (x0, y0), (x1, y1) = one, other
        if abs(y0 - y1) < _LEVEL and x0 != x1:
            self._found.level.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) < _LEVEL and y0 != y1:
            self._found.upright.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _matrix(item: object) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _AS_IT_IS
    return found.a, found.b, found.c, found.d, found.e, found.f


def _moved(point: Point, matrix: Matrix) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip
