"""Ink that no word covers is marked; a page that was read whole has no mark."""

from __future__ import annotations

from PIL import ImageDraw

import intake_drawn as drawn
from cleanclaim.intake import Line, Word, unread
from cleanclaim.intake.reading import NOT_READ


def boxes_of_lines(lines=drawn.NOTE):
    face = ImageDraw.Draw(drawn.picture(lines))
    from PIL import ImageFont

    font = ImageFont.truetype(str(drawn.FONT), 34)
    return [
        tuple(int(value) for value in face.textbbox((90, 80 + 70 * number), line, font=font)) for number, line in enumerate(lines)
    ]


def lines(boxes):
    return [Line((Word("read", 1.0, box),)) for box in boxes]


def test_page_that_was_read_whole_has_no_mark():
    assert unread.lines_not_read(drawn.picture(), lines(boxes_of_lines())) == []


def test_line_that_was_not_found_is_marked_where_it_stands():
    boxes = boxes_of_lines()
    gone = boxes.pop(2)
    (mark,) = {line.text for line in unread.lines_not_read(drawn.picture(), lines(boxes))}
    assert mark == NOT_READ
    for line in unread.lines_not_read(drawn.picture(), lines(boxes)):
        left, top, right, bottom = line.box
        assert top < gone[3]
        assert bottom > gone[1]
        assert left < gone[2]
        assert right > gone[0]


def test_rules_specks_and_pictures_are_no_words():
    page = drawn.picture()
    draw = ImageDraw.Draw(page)
    draw.line([(0, 650), (1300, 650)], fill=0, width=3)
    draw.rectangle((1000, 60, 1280, 300), fill=0)
    draw.point([(20, 20), (33, 400)], fill=0)
    assert unread.lines_not_read(page, lines(boxes_of_lines())) == []


def test_page_without_words_is_left_alone():
    assert unread.lines_not_read(drawn.picture(), []) == []
