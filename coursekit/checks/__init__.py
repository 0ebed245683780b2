"""The checks of the exercises: `check(id, function)` for notebooks, the files test_NN_topic.py for pytest and grading.

A check is a plain function `test_NAME(student)`. It asks `student.NAME(...)` for answers and compares them with a
closed form, a property, or the library; whoever answers has no say in the comparison. Its random inputs come from
torch's global generator, which whoever runs it has seeded. The same function runs in a notebook, where `student` holds
the reader's own function, and in the grader, where it speaks to another process.
"""

from coursekit.checks.notebook import check

__all__ = ["check"]
