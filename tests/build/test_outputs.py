import nbformat
from nbformat.v4 import new_output

from coursekit.build.outputs import last_states, normalise


def stored(*outputs) -> list:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=list(outputs))])
    return normalise(notebook).cells[0].outputs


def test_a_widget_leaves_its_picture_and_sentence_but_no_state_nor_the_repr_of_a_control():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    panel = new_output(
        "display_data", view | {"image/png": "AA==", "text/plain": "A ring."}, metadata={"image/png": {}}
    )
    slider = new_output("display_data", view | {"text/plain": "HBox(children=(IntSlider(value=0),\n Label()))"})
    line = new_output("display_data", view | {"text/plain": "1000 steps in 3 s (GPU off)"})
    assert [output.data for output in stored(panel, slider, line)] == [
        {"image/png": "AA==", "text/plain": "A ring."},
        {"text/plain": "1000 steps in 3 s (GPU off)"},
    ]


def test_streams_lose_stderr_and_addresses_and_are_one():
    out, err = (lambda text, name=name: new_output("stream", name=name, text=text) for name in ("stdout", "stderr"))
    kept = stored(out("<f at 0x7fab"), err("warning"), out("12>\n"), err("again"))
    assert [(output.name, output.text) for output in kept] == [("stdout", "<f>\n")]


def test_of_a_progress_line_the_last_state_stays():
    assert last_states("a\n 1 %\r50 %\rdone\nb\r\n99 %\r") == "a\ndone\nb\n99 %"
