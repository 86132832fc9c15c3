# What contributors call; `make` alone lists nothing and runs the tests.
.PHONY: test ci demo reference
test:
	./check
ci:
	.ci/run
demo:
	./try
reference:
	"$${TWELVE_VENV:-.venv}/bin/python" tools/reference.py

# twelve: begin (written by `twelve init`, removed by `twelve uninstall`)
TWELVE ?= twelve
.PHONY: quick ci-all
quick: ; $(TWELVE) gate run --suite quick
ci-all: ; $(TWELVE) gate run --suite full
# twelve: end
