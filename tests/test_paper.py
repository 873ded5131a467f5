"""The book as one PDF: its contents, its bookmarks, where links and numbers lead."""

import contextlib
import http.client
import socket
import struct
import urllib.request

import chromium
import paper
import pikepdf
from paper import Heading, Page

ONE = Page(
    "1 · One",
    "<h1>One</h1>",
    [".a {}", ".b {}"],
    [
        Heading(1, "p0-top", "Whom?"),
        Heading(2, "p0-a", "A < B"),
        Heading(3, "p0-b", "deep"),
    ],
)
TWO = Page("2 · Two", "<p>two</p>", [".b {}"], [Heading(1, "p1-top", "Why?")])
BOOK = {"": [ONE], "Part": [TWO]}
CONFIG = {
    "author": "Somebody",
    "copyright": "2001",
    "html": {"baseurl": "https://home.invalid/"},
}


def pdf_of(count):
    """A PDF of blank pages, one anchor on each."""
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page()
    names = ["p0-top", "p0-a", "p1-top"]
    pdf.Root.Dests = pikepdf.Dictionary(
        {
            f"/{name}": pikepdf.Array([page.obj, pikepdf.Name.XYZ, 0, 700, 0])
            for name, page in zip(names, pdf.pages, strict=True)
        }
    )
    return pdf


CONTENTS = """format: jb-book
root: book/intro
parts:
  - caption: Part
    chapters:
      - file: chapters/01
        title: One
      - file: book/package
"""


def test_what_is_not_for_paper_is_left_out_of_the_parts(tmp_path):
    (tmp_path / "_toc.yml").write_text(CONTENTS, "utf-8")
    assert paper.on_paper(tmp_path) == {
        "": [("book/intro", "")],
        "Part": [("chapters/01", "One")],
    }


def test_the_contents_have_parts_pages_sections_and_numbers():
    made = paper.contents(BOOK, {"p0-top": 4, "p0-a": 5})
    assert '<a href="#p0-top"><span>1 · One</span><b>4</b></a>' in made
    assert '<a href="#p0-a"><span>A &lt; B</span><b>5</b></a>' in made
    assert '<a href="#p1-top"><span>2 · Two</span><b></b></a>' in made
    assert "<h2>Part</h2>" in made
    assert "deep" not in made


def test_each_page_has_its_running_head_and_each_rule_stands_once():
    made = paper.whole(BOOK, CONFIG)
    assert '@page p0 { @top-center { content: "1 · One"; } }' in made
    assert made.count(".b {}") == 1
    assert made.index("<h1>One</h1>") < made.index("<p>two</p>")


def test_the_title_page_says_whose_it_is_and_where_it_moves():
    made = paper.front(BOOK, {}, CONFIG).partition("Contents")[0]
    assert "Somebody, 2001" in made
    assert "every picture stands still" in made
    assert '<a href="https://home.invalid/">https://home.invalid/</a>' in made


def test_numbers_lie_over_the_very_same_contents():
    made = paper.numbered(BOOK, {"p1-top": 7}, CONFIG)
    assert "<b>7</b>" in made
    assert paper.contents(BOOK, {"p1-top": 7}) in made
    assert "<p>two</p>" not in made


def leave_early(address):
    """Ask for a file, and go before it has come."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        line.sendall(b"GET /large HTTP/1.0\r\n\r\n")


def test_who_serves_says_nothing_of_a_browser_that_has_gone_on(tmp_path, capfd):
    (tmp_path / "large").write_bytes(bytes(50_000_000))
    with chromium.serving(tmp_path) as address:
        for _ in range(3):
            leave_early(address)
        # Later requests are answered all the same.
        assert (
            len(urllib.request.urlopen(f"{address}/large").read()) == 50_000_000
        )
    assert capfd.readouterr().err == ""


def test_what_else_goes_wrong_while_serving_is_told(tmp_path, capfd):
    class Broken(chromium.Quiet):
        def do_GET(self):
            raise ValueError("a fault of ours")

    with (
        chromium.serving(tmp_path, Broken) as address,
        contextlib.suppress(OSError, http.client.HTTPException),
    ):
        urllib.request.urlopen(f"{address}/").read()
    assert "a fault of ours" in capfd.readouterr().err


def test_an_anchor_is_found_on_its_page():
    found = paper.places(pdf_of(3))
    assert {name: number for name, (number, _) in found.items()} == {
        "p0-top": 1,
        "p0-a": 2,
        "p1-top": 3,
    }


def test_bookmarks_are_nested_and_lead_to_their_places(tmp_path):
    pdf = pdf_of(3)
    paper.mark_out(pdf, BOOK, paper.places(pdf))
    paper.sign(pdf, "Somebody")
    pdf.save(tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as made:
        with made.open_outline() as outline:
            one, part = outline.root
            (two,) = part.children
        assert [one.title, part.title, two.title] == [
            "1 · One",
            "Part",
            "2 · Two",
        ]
        assert [below.title for below in one.children] == ["A < B"]
        assert one.children[0].destination[0] == made.pages[1].obj
        assert two.destination[0] == made.pages[2].obj
        assert str(made.docinfo["/Title"]) == "Attention, Alive"
        assert str(made.docinfo["/Author"]) == "Somebody"
