r"""Symbols of a formula in the colour of their role: which are, which are not."""

import pytest
from extensions import load

colours = load("role_colours")


def marked(tex):
    r"""Write `\class{attn-query}{x}` as `<query x>`, to be read."""
    return colours.coloured(tex).replace(r"\class{attn-", "<")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\mathbf q", r"<query}{\mathbf q}"),
        (r"\mathbf{k}_n", r"<key}{\mathbf{k}}_n"),
        (r"\mathbf {v}^\top", r"<value}{\mathbf {v}}^\top"),
        (r"\boldsymbol{q}_i", r"<query}{\boldsymbol{q}}_i"),
        (r"\hat{\mathbf q}", r"\hat{<query}{\mathbf q}}"),
        (
            r"\mathbf q^\top\mathbf k",
            r"<query}{\mathbf q}^\top<key}{\mathbf k}",
        ),
        (r"e^{\mathbf q \cdot x}", r"e^{<query}{\mathbf q} \cdot x}"),
        (
            r"\frac{\mathbf Q\,\mathbf K^\top}{\sqrt{d_k}}\mathbf V_h",
            r"\frac{<query}{\mathbf Q}\,<key}{\mathbf K}^\top}{\sqrt{d_k}}"
            r"<value}{\mathbf V}_h",
        ),
        (r"\alpha_n", r"<weight}{\alpha_n}"),
        (r"\alpha_{in} x", r"<weight}{\alpha_{in}} x"),
        (r"\alpha_{t,i-1}", r"<weight}{\alpha_{t,i-1}}"),
        (r"\alpha_n^2", r"<weight}{\alpha}_{<weight}{n}}^2"),
        (r"\alpha^{(h)}_{in}", r"<weight}{\alpha}^{(h)}_{<weight}{in}}"),
        (r"\alpha_n'", r"<weight}{\alpha}_{<weight}{n}}'"),
        (
            r"\sum_n \alpha_n \mathbf v_n",
            r"\sum_n <weight}{\alpha_n} <value}{\mathbf v}_n",
        ),
    ],
)
def test_a_role_has_its_colour(tex, expected):
    assert marked(tex) == expected


@pytest.mark.parametrize(
    "tex",
    [
        r"q \cdot k / \sqrt{d_k}",
        r"\mathbf X \mathbf x_n \mathbf c",
        r"W_{\mathbf q}",
        r"W_{x \text{a } \mathbf k}",
        r"x_ {\mathbf v}",
        r"x_\text{\mathbf v}",
        r"\mathbf W^Q",
        r"\mathbf W_Q",
        r"\sum_{\alpha_n > 0} x",
        r"\alpha",
        r"\alpha \nabla L",
        r"\alpha^2",
        r"\alpha_\text{rate}",
        r"\alpha_{\text{rate}}",
        r"\alphabet_n",
        r"\mathbf{query}",
        r"k(x) = e^{-x^2/2h^2}",
        r"\{\_\\ _",
        r"x_{\}\mathbf q}",
        "",
        r"x_",
        r"x_{a",
    ],
)
def test_what_is_no_role_stays_as_it_is(tex):
    assert colours.coloured(tex) == tex


def test_a_line_break_before_a_symbol_is_no_command_of_its_own():
    assert marked(r"a \\\mathbf q") == r"a \\<query}{\mathbf q}"


def page(*formulas):
    return colours.FORMULA.sub(colours.beside, "<p>".join(formulas))


def math(text, tag="span", more=""):
    kind = 'class="math notranslate nohighlight"'
    return f"<{tag} {kind}{more}>{text}</{tag}>"


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (r"\(\mathbf q &lt; 1\)", r"\class{attn-query}{\mathbf q} &lt; 1"),
        ("\n\\[\\alpha_n\\]", r"\class{attn-weight}{\alpha_n}"),
        (
            "\n\\begin{align}a&amp;\\mathbf k\\end{align}",
            r"\begin{align}a&amp;\class{attn-key}{\mathbf k}\end{align}",
        ),
    ],
)
def test_the_coloured_formula_stands_beside_the_plain_one(text, data):
    data = f' data-tex="{data}"'
    for tag in ("span", "div"):
        assert page(math(text, tag)) == math(text, tag, data)
    number = '<span class="eqno">(1)<a href="#x">¶</a></span>'
    numbered = math(number + text, "div", ' id="x"')
    assert page(numbered) == math(number + text, "div", f' id="x"{data}')


def test_a_formula_without_roles_is_left_alone_and_each_has_its_own():
    plain, query = math(r"\(x &lt; d_k\)"), math(r"\(\mathbf q\)")
    assert page(plain) == plain
    both = page(plain, query, plain)
    assert both.count("data-tex") == 1
    assert both.startswith(plain)
