"""An excerpt holds what its widgets need, and no more."""

from tests.browser.excerpts import excerpt, needed_cells, shortened


def test_an_excerpt_has_all_imports_and_the_cells_that_define_what_a_widget_reads():
    sources = [
        "import torch as t\nsetup(0)",
        "G = t.nn.Linear(2, 2)",
        "from math import log\nhistory = fit(G, log)",
        "def draw(n):\n    return G(t.randn(n, 2))",
        "print(history)",
        "from coursekit.widgets.minimax import MinimaxExplorer\nshow(MinimaxExplorer(draw))",
        "draw(3)",
    ]
    first, imports, *cells = excerpt(sources)
    assert first == sources[0] and cells == [sources[i] for i in (1, 3, 5)]
    assert imports.splitlines() == [
        sources[0].partition("\n")[0],
        "from math import log",
        sources[5].partition("\n")[0],
    ]


def test_a_cell_in_an_excerpt_trains_for_few_steps_and_claims_nothing():
    source = "n = run.pick(fast={7: 500, 14: 8}, full=9000)\nfor k in n:\n    assert fit(k) < 3\nassert n"
    assert shortened(source) == "n = run.pick(fast={7: 20, 14: 8}, full=9000)\nfor k in n:\n    pass"
    assert shortened("n = 3  # as it stands") == "n = 3  # as it stands"


def test_a_name_that_is_local_to_a_function_needs_no_cell():
    assert needed_cells(["n = 3", "f = max", "import coursekit.widgets\ng = [f(n) for n in range(2)]"]) == [1, 2]
