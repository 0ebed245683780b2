"""Outputs without diff noise: what is stored of an execution is what a reader can see, and nothing that changes."""

import re

from coursekit.build.sources import code_cells

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_REPR = re.compile(r"\w+\(.*\)|\d+%\|.*", re.DOTALL)  # IntSlider(value=0, ...), a progress bar: dead text


def normalise(notebook):
    """Rewrite the outputs in place: counts 1..n, one stdout in a row, no stderr, no widget state, no address."""
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        cell.outputs = [kept for output in merge_streams(cell.outputs) if (kept := normal_output(output, count))]
    return notebook


def merge_streams(outputs: list) -> list:
    """Return the outputs without stderr, consecutive pieces of stdout joined before their lines are looked at."""
    merged = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        if output.output_type == "stream" and merged and merged[-1].output_type == "stream":
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def normal_output(output, count: int):
    """Return the output in the form that is stored, or None where nothing is left to show."""
    if output.output_type == "stream":
        output.text = ADDRESS.sub("", last_states(output.text))
        return output if output.text else None
    if output.output_type == "error":
        return output
    output.data = without_widget(dict(output.data))
    output.metadata = {key: value for key, value in output.metadata.items() if key in output.data}
    if output.output_type == "execute_result":
        output.execution_count = count
    return output if output.data else None


def without_widget(data: dict) -> dict:
    had_widget = data.pop(WIDGET, None) is not None
    if had_widget and set(data) == {"text/plain"} and WIDGET_REPR.fullmatch(data["text/plain"].strip()):
        return {}
    return {key: ADDRESS.sub("", value) if key.startswith("text/") else value for key, value in data.items()}


def last_states(text: str) -> str:
    """Return the text as a terminal shows it in the end: of a line rewritten by carriage returns, the last state."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
