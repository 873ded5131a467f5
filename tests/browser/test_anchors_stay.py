"""Every address in the book that somebody may have linked to still leads there."""

from conftest import ROOT

from tools import places, prose


def test_no_listed_anchor_is_gone_and_no_new_one_unlisted(build):
    listed = (ROOT / places.LIST).read_text("utf-8").splitlines()
    found = set(places.of_book(build))
    gone = [each for each in listed if each not in found]
    new = sorted(found - set(listed))
    assert not gone + new, (
        f"gone: {gone}; new: {new}. A heading that was renamed gets a line in "
        "book/moved.toml, and the links to it its new address; build, then say "
        "`make anchors`, which lists what is new"
    )


def test_a_heading_a_figure_and_a_name_are_listed():
    listed = (ROOT / places.LIST).read_text("utf-8").splitlines()
    assert len(listed) == len(set(listed)) > 300
    assert "chapters/01_weighted_fusion.html#summary" in listed
    assert any("book/package.html#attn_utils." in each for each in listed)


def test_every_term_of_the_glossary_is_listed():
    listed = (ROOT / places.LIST).read_text("utf-8").splitlines()
    named = [e for e in listed if e.startswith("book/glossary.html#term-")]
    table = (ROOT / prose.GLOSSARY).read_text("utf-8")
    assert len(named) == len(prose.terms(table)), (
        "build, then say `make anchors`"
    )
    assert len(named) > 60
    assert "book/glossary.html#term-leave-one-out" in named
