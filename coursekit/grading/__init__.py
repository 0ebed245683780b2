"""The auto-grader: student code answers in a sandboxed child, and the trusted parent compares and decides."""
