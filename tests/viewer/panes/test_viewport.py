"""Where pictures lie: grids of panes, zoom about a point, panning that keeps pictures in sight."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.panes.canvas.viewport import MAX_SCALE, Viewport, arrange

KODAK = (768, 512)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("size", [(1212, 640), (500, 900), (1600, 300), (640, 640)])
def test_cells_are_equal_inside_and_apart(count: int, size: tuple[int, int]) -> None:
    cells = arrange(count, size, KODAK, gap=8, strip=28)
    assert len(cells) == count
    assert len({(cell.width, cell.height) for cell in cells}) == 1
    for cell in cells:
        assert cell.x >= 0
        assert cell.y >= 0
        assert cell.x + cell.width <= size[0]
        assert cell.y + cell.height <= size[1]
        assert cell.depth + cell.strip == cell.height
    for a in cells:
        for b in cells:
            apart = a.x + a.width + 8 <= b.x or b.x + b.width + 8 <= a.x
            assert a is b or apart or a.y + a.height + 8 <= b.y or b.y + b.height + 8 <= a.y


@pytest.mark.parametrize(
    ("count", "size", "columns"),
    [(3, (1212, 640), 3), (3, (420, 900), 1), (2, (1200, 500), 2), (4, (1200, 800), 2), (6, (1200, 560), 3)],
)
def test_the_grid_follows_the_window(count: int, size: tuple[int, int], columns: int) -> None:
    cells = arrange(count, size, KODAK, gap=8, strip=28)
    assert len({cell.x for cell in cells}) == columns


def view(pane: tuple[int, int] = (600, 500), image: tuple[int, int] = KODAK) -> Viewport:
    result = Viewport()
    result.set_image(image)
    result.set_pane(pane)
    return result


def test_fit_shows_the_whole_picture_in_the_middle_and_follows_the_pane() -> None:
    it = view()
    assert it.scale == pytest.approx(600 / 768)
    left, top, width, height = it.visible()
    assert (left, top) == (0, 0)
    assert (width, height) == (600, 400)
    assert it.origin() == (0, 50)
    it.set_pane((1200, 500))
    assert it.scale == pytest.approx(500 / 512)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(
    x=st.floats(0, 599),
    y=st.floats(0, 499),
    start=st.floats(1.3, 10),
    factor=st.floats(1, 5),
)
def test_zooming_in_keeps_the_point_under_the_cursor(x: float, y: float, start: float, factor: float) -> None:
    it = view()
    it.zoom_to(start)
    before = it.to_image(x, y)
    it.zoom_to(start * factor, (x, y))
    after = it.to_image(x, y)
    # The picture lies on whole device pixels, so half of one is all there is to lose, twice.
    slack = 1.001 / start
    assert abs(after[0] - before[0]) <= slack
    assert abs(after[1] - before[1]) <= slack


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(
    scale=st.floats(0.02, 64),
    moves=st.lists(st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)), max_size=4),
)
def test_no_move_loses_the_picture_or_leaves_an_empty_edge(
    scale: float, moves: list[tuple[float, float]]
) -> None:
    it = view()
    it.zoom_to(scale)
    for move in moves:
        it.pan(*move)
    left, top, width, height = it.visible()
    for size, room, length, start in (
        (768, 600, width, left),
        (512, 500, height, top),
    ):
        scaled = max(1, round(size * it.scale))
        assert start >= 0
        assert abs(length - min(room, scaled)) <= 1


def test_zoom_has_limits_and_to_image_is_the_inverse_of_origin() -> None:
    it = view()
    it.zoom_to(1e6)
    assert it.scale == MAX_SCALE
    it.zoom_to(3)
    left, top = it.origin()
    assert it.to_image(left + 3 * 40, top + 3 * 70) == pytest.approx((40, 70))
    it.zoom_to(0)
    assert 0 < it.scale < 0.01


def test_another_size_is_fitted_and_the_same_size_stays() -> None:
    it = view()
    it.zoom_to(4)
    it.pan(-300, -200)
    place = it.origin()
    it.set_image(KODAK)
    assert (it.scale, it.origin()) == (4, place)
    it.set_image((100, 100))
    assert it.fitted
    assert it.scale == 5
