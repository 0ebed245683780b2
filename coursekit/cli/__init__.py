"""The command `coursekit`: one function a command, each importing what is heavy only when it runs."""

import os
import sys

import typer

from coursekit.cli import course, doctor, full, generate, grade, lab, sampling, suite, train, upscale

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    help="GANs, measured: open the course, build it, test it, and train its recipes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
app.command(context_settings=PASSED_ON)(lab.lab)
app.command()(course.start)
app.command()(course.progress)
for command in (train.train, sampling.sample, sampling.evaluate):
    app.command()(command)
app.command()(generate.generate)
app.command()(upscale.upscale)
app.command()(full.full)
app.command()(doctor.doctor)
app.command(context_settings=PASSED_ON)(suite.test)
app.command(context_settings=PASSED_ON)(suite.check)
app.command("test-all", context_settings=PASSED_ON)(suite.test_all)
app.command()(grade.grade)
app.command()(grade.release)
app.command()(course.build)
app.command("new-lesson")(course.new_lesson)


def main() -> None:
    """Run the command line; an error that the library explains is printed as its sentence, without a traceback."""
    try:
        app(prog_name="coursekit")
    except (ValueError, FileNotFoundError, FileExistsError) as error:
        if os.environ.get("COURSEKIT_TRACEBACK"):
            raise
        print(f"coursekit: {error}\n(COURSEKIT_TRACEBACK=1 shows where.)", file=sys.stderr)
        sys.exit(1)
