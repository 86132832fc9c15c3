# What contributors call; `make` alone lists nothing and runs the tests.
.PHONY: test ci demo reference
test:
	./check
ci:
	.ci/run
demo:
	./try
reference:
	. "$${TWELVE_VENV:-.venv}/bin/activate" && for tool in tools/reference.py tools/*_schema.py; do python "$$tool"; done
