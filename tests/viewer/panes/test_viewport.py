"""Where pictures lie: grids of panes, zoom about a point, panning that keeps pictures in sight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.panes.canvas.viewport import MAX_SCALE, MIN_SCALE, PaneCell, Viewport, arrange

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


def test_cells_fill_the_room_row_by_row_with_a_gap_between() -> None:
    cells = arrange(4, (108, 95), (1, 1), gap=7, strip=10)
    assert cells == (
        PaneCell(0, 0, 50, 44, 10),
        PaneCell(57, 0, 50, 44, 10),
        PaneCell(0, 51, 50, 44, 10),
        PaneCell(57, 51, 50, 44, 10),
    )
    assert [(cell.top, cell.depth) for cell in cells] == [(10, 34), (10, 34), (61, 34), (61, 34)]
    three = arrange(3, (120, 400), (4, 1), gap=5, strip=20)  # one below the other
    assert [(cell.x, cell.y, cell.width, cell.height) for cell in three] == [
        (0, 0, 120, 130), (0, 135, 120, 130), (0, 270, 120, 130),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "size", "gap", "strip", "columns"),
    [
        (2, (100, 100), 0, 0, 1),  # as large either way: below one another
        (2, (100, 100), 0, 2, 2),  # two strips above one another take more of the height
        (2, (100, 100), 20, 0, 1),  # the gap costs width as well
        (2, (100, 100), 20, 1, 2),  # and height
        (3, (412, 300), 0, 0, 2),  # 137 pixels in three columns, 150 in two with an empty place: 138 count
        (3, (418, 300), 0, 0, 3),  # 139 in three columns
    ],
)
def test_gaps_strips_and_empty_places_count_in_the_choice_of_a_grid(
    count: int, size: tuple[int, int], gap: int, strip: int, columns: int
) -> None:
    cells = arrange(count, size, (1, 1), gap, strip)
    assert len({cell.x for cell in cells}) == columns


def test_without_room_every_cell_keeps_a_pixel_below_its_strip() -> None:
    assert arrange(0, (100, 100), KODAK, gap=8, strip=28) == ()
    cells = arrange(3, (0, 0), KODAK, gap=8, strip=28)
    assert [(cell.width, cell.height, cell.depth) for cell in cells] == [(1, 29, 1)] * 3
    assert PaneCell(0, 0, 5, 28, 28).depth == 1


@pytest.mark.parametrize(
    ("x", "y", "held"),
    [
        (10, 25, True), (39.9, 25, True), (10, 59.9, True), (39.9, 59.9, True),
        (9.9, 25, False), (40, 25, False), (10, 24.9, False), (10, 60, False),
        (20, 10, False),  # the title strip is no part of the picture area
    ],
)  # fmt: skip
def test_a_cell_is_hit_from_its_first_pixel_to_its_last(x: float, y: float, held: bool) -> None:
    assert PaneCell(10, 5, 30, 55, 20).holds(x, y) is held


def test_no_point_hits_two_cells_and_gaps_hit_none() -> None:
    cells = arrange(4, (108, 95), (1, 1), gap=7, strip=10)
    hits = np.array([[sum(cell.holds(x, y) for cell in cells) for x in range(108)] for y in range(95)])
    assert hits.max() == 1
    assert hits.sum() == 4 * 50 * 34
    assert not hits[:, 50:57].any()
    assert not hits[44:61].any()


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


def test_panning_moves_the_picture_with_the_hand() -> None:
    it = view()
    it.zoom_to(4)
    left, top = it.origin()
    it.pan(10, -6)
    assert it.origin() == (left + 10, top - 6)
    assert it.visible() == (-left - 10, -top + 6, 600, 500)


def test_zooming_without_a_place_keeps_the_middle() -> None:
    it = view()
    it.look(2, (300, 200))
    it.zoom_to(4)
    assert (it.scale, it.centre, it.fitted) == (4, (300, 200), False)
    assert it.to_image(300, 250) == pytest.approx((300, 200))


def test_a_place_given_is_taken_up_as_far_as_the_picture_goes() -> None:
    it = view()
    it.look(2, (0, 511))
    assert it.origin() == (0, 500 - 2 * 512)
    it.look(2, (767, 0))
    assert it.origin() == (600 - 2 * 768, 0)


def test_a_pane_that_grows_leaves_no_empty_edge_and_keeps_the_zoom() -> None:
    it = view()
    it.look(1, (300, 250))
    it.set_pane((700, 510))
    assert (it.scale, it.fitted, it.origin()) == (1, False, (0, 0))
    it.set_pane((800, 600))
    assert it.origin() == (16, 44)


@pytest.mark.parametrize(
    ("scale", "count", "wanted"),
    [(1, 1, 2), (1, -1, 0.5), (1.5, 1, 2), (1.5, -1, 1), (3, 2, 8), (3, -2, 1), (4, 3, 32), (2, 0, 2)],
)
def test_steps_of_the_zoom_are_powers_of_two(scale: float, count: int, wanted: float) -> None:
    it = view(image=(7680, 5120))
    it.zoom_to(scale)
    it.zoom_by_powers(count)
    assert it.scale == wanted


@pytest.mark.parametrize(
    ("pane", "whole"), [((768, 512), True), ((767, 512), False), ((768, 511), False), ((900, 600), True)]
)
def test_all_of_a_picture_is_in_sight_or_not(pane: tuple[int, int], whole: bool) -> None:
    it = view(pane)
    it.zoom_to(1)
    assert it.whole() is whole


def test_a_huge_picture_may_be_fitted_below_the_least_zoom_and_a_tiny_one_not_above_the_most() -> None:
    assert view((600, 500), (300_000, 10)).scale == MIN_SCALE
    assert view((600, 500), (1, 1)).scale == MAX_SCALE
    it = view()
    it.zoom_to(0)
    assert it.scale == MIN_SCALE
