# Two commands matter: `make book` and `make test`. All paths are relative, so
# a checkout whose path has spaces works.
PYTHON ?= python3
# Windows keeps an environment's Python elsewhere.
ifeq ($(OS),Windows_NT)
PY := .venv/Scripts/python.exe
else
PY := .venv/bin/python
endif
CHAPTERS := chapters
export OMP_NUM_THREADS := 1
# Windows would speak and read a code that has neither Chinese nor arrows.
export PYTHONUTF8 := 1
# What is run here is what is here; PYTHONOPTIMIZE would drop every assertion.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONSTARTUP

.PHONY: help env fonts book draft epub pdf serve check test lint prose unit quick notebooks browser \
        test-colab mutants some-mutants mutation bench soak runs stamp constraints vendor anchors links \
        canary oldest colab-list canary-issue colab-branch clean

help:
	@echo "make book    execute every chapter and build the book"
	@echo "make test    build it and run every check"
	@echo "make serve   show the book          make draft  build fast, from the cache"
	@echo "make pdf     print the built book   make epub   the same for an e-reader"
	@echo "make check   lint, prose, quick units    make bench  measure, as ratios"
	@echo "make prose   spelling, terms, sentences, phrases of the book's text"
	@echo "make soak    move every widget a thousand times: memory stays flat"
	@echo "make runs    make the stored runs of the experiments again"
	@echo "make stamp   write the book's address into the chapters"
	@echo "make anchors list the new places that links may lead to; make links  try the outside ones"
	@echo "make vendor  fetch MathJax, fonts, icons   make clean  remove what was built"

env:
	@command -v $(PYTHON) >/dev/null || { echo "make: no $(PYTHON) here; install Python 3.11, 3.12 or 3.13, or say make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) tools/environment.py .venv requirements.txt

# For a machine that has no Chinese font; it asks for Debian's or Ubuntu's apt.
fonts:
	bash tools/fonts.sh

book draft epub pdf: env
	@$(PY) tools/build.py $@

serve: env
	@$(PY) tools/build.py serve

check: lint prose quick

lint: env
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

# The text of the book; then the spelling of everything else.
prose: env
	@$(PY) tools/prose.py; read=$$?; \
	$(PY) -m codespell_lib attn_utils book tests tools *.md && exit $$read

# Shapes are checked while the unit tests run. Some run without, in a second go: the
# error tests, since the shape hook would raise before the package's own errors do, and
# what is marked "plain", since torch cannot compile the hook.
UNITS := tests --ignore=tests/browser --ignore=tests/colab --ignore=tests/mutants
SHAPED := $(UNITS) --ignore-glob='tests/test_errors*' -n 2 \
  --jaxtyping-packages=attn_utils,beartype.beartype

unit: env
	$(PY) -m pytest $(SHAPED) -m "not plain"
	$(PY) -m pytest $(UNITS) -n 2 -m plain

# Those of them that end in a minute or two.
PLAIN = $(sort $(wildcard tests/test_errors*.py) \
  $(shell grep -lE 'mark[.]plain|without_the_shape_hook' tests/test_*.py))
quick: env
	$(PY) -m pytest $(SHAPED) -m "not plain and not long"
	$(PY) -m pytest $(PLAIN) -n 2 -m "plain and not long"

notebooks: env
	$(PY) -m pytest -p tools.kernels --nbval-lax $(CHAPTERS) -n 2 \
	  --dist loadfile --nbval-cell-timeout 300

browser: env
	$(PY) -m pytest tests/browser -n 2 --dist worksteal

# The nearest thing to Colab; its own environment runs the chapters once more.
test-colab: env
	@$(PYTHON) tools/environment.py .venv-colab requirements-colab.txt
	$(PY) -m pytest tests/colab -n 2 --dist worksteal

# All of them; or what has changed since it was noticed, and by turns some of the rest.
mutants: env
	$(PY) -m pytest tests/mutants -n 2

some-mutants: env
	ATTN_MUTANTS=some $(PY) -m pytest tests/mutants -n 2

# The draft, which comes from the cache, is held to be the book that was executed just
# now; so a browser needs to see one of them.
test: export ATTN_ROWS := some
test: lint prose unit book draft notebooks browser test-colab some-mutants
	@echo "All checks passed."

mutation: env
	$(PY) tests/mutants/survey.py

# All of it, or one part: make bench PARTS=pages.
bench: env
	$(PY) tools/bench.py $(PARTS)

# Every control of every widget a thousand times; or of some pages: make soak PAGES="06 intro".
soak: env
	$(PY) tools/soak.py $(PAGES)

# All of them, or one: make runs EXPERIMENTS=pooling.
runs: env
	$(PY) tools/runs.py $(EXPERIMENTS)

# The address in _config.yml, or another: make stamp ADDRESS=https://...
stamp: env
	$(PY) tools/stamp.py $(ADDRESS)

# What came with the requirements into both environments, into the constraints.
constraints: env
	$(PY) tools/constraints.py
	@$(PYTHON) tools/environment.py .venv-colab requirements-colab.txt
	$(subst .venv,.venv-colab,$(PY)) tools/constraints.py requirements-colab.txt constraints-colab.txt

vendor: env
	$(PY) tools/vendor.py

# Add the built book's new anchors to the list of those that must stay.
anchors: env
	$(PY) tools/places.py

# What needs the network, and so no test does: the weekly canary's work.
links:
	$(PYTHON) tools/links.py

colab-list:
	$(PYTHON) tools/colab_list.py

# What runs with other releases than those that are pinned, and what that needs.
NEEDED := ".[notebooks]" ipykernel pytest nbval hypothesis pyyaml nbformat
CORE := tests/test_scores.py tests/test_masks.py tests/test_attention.py \
  tests/test_multihead.py tests/test_layers.py tests/test_transformer.py \
  tests/test_seq2seq.py tests/test_cbam.py tests/test_decoding.py tests/test_train.py \
  tests/test_from_torch.py tests/test_autocast.py tests/test_positions.py \
  tests/test_plots.py tests/test_errors.py tests/test_exercises.py
# torch 2.6 cannot make one graph of much of the package yet.
NEW := tests/test_tracing.py
TRIED = _build/$@/bin/python -m pytest $(CORE) $(if $(filter canary,$@),$(NEW)) && \
  _build/$@/bin/python -m pytest --nbval-lax $(CHAPTERS) --nbval-cell-timeout 300

# The newest releases, in an environment of their own.
canary:
	$(PYTHON) -m venv --clear _build/canary
	_build/canary/bin/python -m pip install --quiet --upgrade $(NEEDED)
	$(TRIED)

# The oldest that pyproject.toml allows, with the oldest Python.
oldest:
	$(PYTHON) -m venv --clear _build/oldest
	$(PYTHON) tools/oldest.py > _build/oldest/constraints.txt
	_build/oldest/bin/python -m pip install --quiet --constraint _build/oldest/constraints.txt $(NEEDED)
	$(TRIED)

# Only a workflow has what these two need: its token, and gh.
canary-issue:
	bash tools/canary_issue.sh

colab-branch:
	bash tools/colab_branch.sh

clean:
	rm -rf _build build .pytest_cache .ruff_cache .hypothesis
