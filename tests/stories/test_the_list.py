"""docs/stories.md and the stories' tests name each other."""

import ast
import re
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
ROW = re.compile(r"\| ([AC]) (\d+) \| ([^|]+) \| (shown|not yet) \| (part: )?((?:`\w+`,? )*)\|")


def rows():
    """Return (letter, number, story, state, part, tests) of every line of the list."""
    found = ROW.findall((HERE.parents[1] / "docs" / "stories.md").read_text())
    return [(*line, re.findall(r"\w+", tests)) for *line, tests in found]


def test_every_story_has_one_line():
    numbers = Counter((letter, int(number)) for letter, number, *_rest in rows())
    assert numbers == Counter([("A", n) for n in range(1, 61)] + [("C", n) for n in range(1, 53)])


def test_what_is_shown_has_a_test_and_every_test_its_line():
    listed = {
        test: f"{letter}{number}".lower()
        for letter, number, _story, _state, _part, tests in rows()
        for test in tests
    }
    assert [row for row in rows() if (row[3] == "shown") != (bool(row[5]) and not row[4])] == []
    written = {
        name
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"^def (test_[ac]\d+_\w+)", path.read_text(), re.MULTILINE)
    }
    assert listed.keys() == written
    assert [name for name, story in listed.items() if not name.startswith(f"test_{story}_")] == []


def test_every_story_test_can_fail():
    tests = [
        node
        for path in HERE.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and re.match(r"test_[ac]\d", node.name)
    ]
    marked = [
        test
        for test in tests
        if any("pytest.mark.breaks(" in ast.unparse(mark) for mark in test.decorator_list)
    ]
    assert [test.name for test in tests if test not in marked] == []
    assert marked
