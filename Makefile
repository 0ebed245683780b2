# The logic is in `python -m coursekit`; these lines save typing. Flags: make lab ARGS="--no-browser --port 8899"
PYTHON ?= python3
.PHONY: lab test check test-all build doctor full

lab test check test-all build doctor full:
	@$(PYTHON) -m coursekit $@ $(ARGS)
