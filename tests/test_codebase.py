"""The house rules that a machine can keep: sizes, names, docstrings, imports, templates, compose file, texts."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from consortium.management.commands import translations

ROOT = Path(__file__).resolve().parents[1]
APPS = ["consortium", "members", "procurement", "steering"]
EMPTY_NAMES = {
    "utils",
    "helpers",
    "services",
    "selectors",
    "managers",
    "signals",
    "constants",
    "misc",
    "common",
}
LONGEST_MODULE = 400  # lines


def modules(*folders):
    """Return the Python files of the folders without migrations."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def place(path, line=None):
    """Return how to find a file, for messages."""
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"


def templates():
    """Return every page and part of a page."""
    return sorted((ROOT / "templates").rglob("*.html"))


def is_public(node):
    """Say whether a function or class is meant for others."""
    return not node.name.startswith("_")


def test_no_module_is_long():
    lengths = {place(path): len(path.read_text().splitlines()) for path in modules(*APPS, "tests")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_words_are_marked_by_names_that_the_extraction_knows():
    """A word marked by another name stands in no catalogue, and no check misses it."""
    renamed = re.compile(r"gettext\w* as (?!_\b)\w+")
    assert [place(path) for path in modules(*APPS) if renamed.search(path.read_text())] == []


def test_no_module_has_a_name_that_says_nothing():
    assert [
        place(path) for path in modules(*APPS) if EMPTY_NAMES & {path.stem, *path.relative_to(ROOT).parts}
    ] == []


def test_nothing_is_imported_inside_a_function():
    found = []
    for path in modules(*APPS):
        for outer in ast.walk(ast.parse(path.read_text())):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    place(path, inner.lineno)
                    for inner in ast.walk(outer)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert found == []


def test_each_public_function_and_class_says_what_it_means():
    found = []
    for path in modules("consortium", "members"):
        tree = ast.parse(path.read_text())
        nodes = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        found += [
            place(path, node.lineno) for node in nodes if is_public(node) and not ast.get_docstring(node)
        ]
        if tree.body and not ast.get_docstring(tree):
            found.append(place(path))
    assert found == []


def test_no_unfinished_business_is_left_in_the_code():
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [path for path in modules(*APPS) + templates() if mark.search(path.read_text())]
    assert [place(path) for path in files] == []


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("style element", r"<style[\s>]"),
        ("style attribute", r"<[^>]*\sstyle="),
        ("script without an address", r"<script(?![^>]*\ssrc=)[^>]*>"),
        ("handler attribute", r"<[^>]*\son[a-z]+="),
        ("script address", r"(?:href|src|action)=[\"']?\s*javascript:"),
        ("another machine's file", r"<(?:script|link|img)[^>]*(?:src|href)=[\"']?(?:https?:)?//"),
    ],
)
def test_pages_keep_the_content_security_policy(rule, pattern):
    """Documents for paper are left out: WeasyPrint reads them, no browser."""
    pages = [path for path in templates() if "documents" not in path.parts]
    wrong = []
    for path in pages:
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
        wrong += [
            place(path, text[: match.start()].count("\n") + 1)
            for match in re.finditer(pattern, text, re.IGNORECASE | re.DOTALL)
            if 'type="application/json"' not in match.group(0)
        ]
    assert wrong == [], rule


def test_the_compose_file_has_all_parts_and_no_password():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert compose["services"].keys() == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    for name, service in compose["services"].items():
        assert "healthcheck" in service or name == "migrate", name
        for key, value in service["environment"].items():
            secret = re.search(r"PASSWORD|SECRET|AUTH|_URL", key)
            assert not secret or re.search(r"\$\{\w+:\?", value), f"{name}: {key} has a value of its own"
    for name in ("web", "worker", "beat"):
        assert "DATABASE_OWNER_URL" not in compose["services"][name]["environment"], name


def test_each_variable_is_declared_used_and_explained():
    """The settings declare what the compose file hands over, and .env.example explains all of it."""
    declared = set(
        re.findall(r"^    ([A-Z][A-Z_]+)=\(", (ROOT / "consortium/settings.py").read_text(), re.MULTILINE)
    )
    compose = (ROOT / "docker-compose.yml").read_text()
    explained = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    handed = set(yaml.safe_load(compose)["services"]["migrate"]["environment"])
    assert handed <= declared
    assert declared | set(re.findall(r"\$\{(\w+)", compose)) == explained


def test_every_sentence_has_its_finnish_and_its_swedish():
    assert translations.faults() == []


@pytest.mark.parametrize(
    ("source", "translation", "sound"),
    [
        ("%(n)s members", "%(n)s jäsentä", True),
        ("%(n)s members", "%(m)s jäsentä", False),
        ("Hello {name}", "Hei {name}", True),
        ("Hello {name}", "Hei", False),
        (("One member", "%(n)s members"), ("Yksi jäsen", "%(n)s jäsentä"), True),
        (("One member", "%(n)s members"), ("Yksi jäsen", "%(x)s jäsentä"), False),
        ("100 %", "100 %", True),
    ],
)
def test_a_translation_has_room_for_the_same_values(source, translation, sound):
    assert translations.same_placeholders(source, translation) is sound


@pytest.mark.drill
def test_the_check_of_translations_sees_what_is_missing(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    assert translations.faults(), "without any file every sentence lacks its translation"
    for language in translations.LANGUAGES:
        translations.update(language)
    behind = translations.faults()
    assert behind
    assert all("has no translation" in line for line in behind)


def test_only_files_that_belong_here_are_kept():
    """What setup, tests and servers make is ignored, and nothing large is kept."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a clone")
    files = [ROOT / name for name in listed.stdout.splitlines()]
    made = [
        place(path) for path in files if re.search(r"(^|/)(var|\.venv|__pycache__)/|\.(mo|pyc)$", place(path))
    ]
    assert made == []
    kept = [
        path for path in files if path.is_file() and path.suffix != ".po"
    ]  # every sentence stands in a .po
    assert [place(path) for path in kept if path.stat().st_size > 1_000_000] == []
