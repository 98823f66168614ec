.DEFAULT_GOAL := help
SHELL := /bin/bash

GO ?= go
# What a Lambda and the local program are built with. norpc drops aws-lambda-go's net/rpc shim, which would keep every SDK
# operation alive.
GO_BUILD = CGO_ENABLED=0 $(GO) build -tags=lambda.norpc -trimpath -ldflags='-s -w $(LDFLAGS)'
# What `davit version` and GET /meta name; without git the commit is "unknown".
VERSION ?= 0.1.0-dev
COMMIT = $(shell git rev-parse --short HEAD 2>/dev/null)
BUILDINFO = $(shell $(GO) list -m)/internal/buildinfo
STAMP = -X $(BUILDINFO).version=$(VERSION) $(addprefix -X $(BUILDINFO).commit=,$(COMMIT))
# The same for sam build, whose go1.x builder sets no flags of its own.
SAM_GOFLAGS = -tags=lambda.norpc -trimpath '-ldflags=-s -w $(STAMP)'
ARCHITECTURE ?= arm64
FUNCTIONS := $(filter-out internal,$(notdir $(patsubst %/,%,$(wildcard functions/*/))))
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
GOLANGCI_VERSION := v2.15.0
GOLANGCI := .tools/golangci-lint-$(GOLANGCI_VERSION)

# How long each fuzz target runs; .ci/run takes 20s.
FUZZTIME ?= 60s

# The race detector needs cgo, and cgo a C compiler.
RACE := $(shell if [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v "$$($(GO) env CC)" >/dev/null; then echo -race; fi 2>/dev/null)

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## run the sample job of events/ on this machine, from request to recorded end
	@$(GO) run ./cmd/davit demo

# With the race detector each process waits a second at its end for what other threads report. The tests end hundreds of processes.
.PHONY: test
test: ## all tests that need only Go, with the race detector where cgo is there
	@echo "race detector: $(if $(RACE),on,off (no cgo here))"
	GORACE=atexit_sleep_ms=100 $(GO) test $(RACE) ./...

.PHONY: cases
cases: ## inputs that once went wrong, through both doors of local mode, with the right answer for each
	$(GO) test -count=1 -v ./internal/cases

# Local mode under load. Only root on Linux can mount the small disk; elsewhere that part is skipped, and prints why.
DEATHS ?= 100
.PHONY: soak
soak: ## local mode under load, with its figures: DEATHS kills (100), full disks, 200 clients that repeat 1,000 keys, 200 MB of output (a few minutes)
	DAVIT_TEST_SOAK=1 DAVIT_TEST_DEATHS=$(DEATHS) $(GO) test -count=1 -timeout 60m -parallel 1 -v \
	  -run '^(TestKilledAtAnyMoment|TestFullDisk|TestRepeatedKeys|TestLogs_MuchOutput|TestLogs_CompleteComesAfterTheLastLine)$$' ./cmd/davit

.PHONY: bench-cli
bench-cli: build ## what commands of davit cost at their start, and its size, against the goals
	$(GO) run ./scripts/clicost bin/davit

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (60s), two at a time: about half the sum
	@scripts/fuzz $(FUZZTIME)

# A seed gives the same simulation, call for call. What breaks is shown as the shortest sequence that does it, with its command.
SEEDS ?= 2000
.PHONY: sim
sim: ## SEEDS simulations of Davit in AWS (2000; from FROM on), or the one of SEED
ifdef SEED
	DAVIT_SEED=$(SEED) $(GO) test -count=1 -timeout 0 -run 'TestSim_Drawn' -v ./internal/sim
else
	SEEDS=$(SEEDS) FROM=$(FROM) $(GO) test -count=1 -timeout 0 -run 'TestSim_Drawn' -v ./internal/sim
endif

.PHONY: sim-stories
sim-stories: ## every fault at every seam of the simulator's stories, and PAIRS pairs of faults a story (2000; 0: all)
	DEPTH=6 PAIRS=$(or $(PAIRS),2000) $(GO) test -count=1 -timeout 0 -run 'TestStories' -v ./internal/sim

# Each mistake is planted in a copy of the checkout, and the tests of its package are run, then the simulator, until one of them fails. What nothing catches fails.
# RUN holds back all whose name or file does not hold it; ALL=1 goes on after the first catch.
.PHONY: sim-mutants
sim-mutants: ## planted mistakes, one line each: which test, or the simulator, catches it (RUN=part of a name, SEEDS=n a mistake, ALL=1)
	@$(GO) run ./scripts/mutants -run "$(RUN)" -seeds $(if $(filter command line environment,$(origin SEEDS)),$(SEEDS),60) $(if $(ALL),-all)

.PHONY: verify
verify: ## the outside tools that judge the project: one line a check (installs them under .tools/)
	@GO_BUILD_FLAGS="$(SAM_GOFLAGS)" scripts/verify

# Not part of CI: the clients are large. CLIENTS names some of them.
.PHONY: clients
clients: ## the ECS endpoint under clients of others, one line a check (installs them under .tools/clients/; CLIENTS="luigi ...")
	@scripts/clients/run $(CLIENTS)

.PHONY: lint
lint: $(GOLANGCI) ## formatting, vet, the linters, the import arrows of .golangci.yml, the verbs of doc comments
	$(GOLANGCI) run ./...
	$(GO) run ./scripts/docverbs client cmd events functions internal scripts statemachine

.PHONY: rules
rules: ## docs/rules.md and docs/reasons.md, from the tables of internal/ecsspec and internal/explain
	$(GO) generate ./internal/ecsspec ./internal/explain

.PHONY: docs
docs: rules ## docs/cli.md too, from the commands of davit
	$(GO) test -count=1 -run TestDocument ./cmd/davit -update

.PHONY: man
man: ## the man pages of davit, into bin/man
	$(GO) test -count=1 -run TestManPages ./cmd/davit -man $(CURDIR)/bin/man

# PATH on the command line also becomes the recipe's, which so would find no program. The environment's own is that of the make process.
.PHONY: module-path
module-path: ## change the path of the Go module everywhere (PATH=example.org/x/davit)
	@[[ '$(origin PATH)' == 'command line' ]] || { echo 'give the path: make module-path PATH=example.org/x/davit' >&2; exit 2; }; \
	  export PATH='$(shell echo "$$PATH")'; \
	  if [[ -r /proc/$$PPID/environ ]]; then \
	    while IFS= read -r -d '' v; do if [[ $$v == PATH=* ]]; then export PATH="$${v#PATH=}"; fi; done < /proc/$$PPID/environ; \
	  fi; \
	  $(GO) run ./scripts/modulepath . '$(PATH)'

.PHONY: build
build: LDFLAGS = $(STAMP)
build: ## bin/davit for this machine
	$(GO_BUILD) -o bin/davit ./cmd/davit

# The flags are those of sam build, which finds what it needs in the build cache. No file is for one architecture only, so vet sees every
# file in one round for Linux and one for macOS.
.PHONY: build-all
build-all: ## build everything for Linux and macOS, amd64 and arm64, and davit for Windows; vet it once for each system
	@set -e; for p in $(PLATFORMS); do \
	  echo "build $$p"; \
	  GOOS=$${p%/*} GOARCH=$${p#*/} GOFLAGS="$(SAM_GOFLAGS)" CGO_ENABLED=0 $(GO) build ./...; \
	done
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/davit && GOOS=windows CGO_ENABLED=0 $(GO) build ./client/... ./internal/cli/...
	@set -e; for os in $(sort $(foreach p,$(PLATFORMS),$(firstword $(subst /, ,$(p))))); do \
	  echo "vet $$os"; \
	  GOOS=$$os GOFLAGS="$(SAM_GOFLAGS)" CGO_ENABLED=0 $(GO) vet ./...; \
	done

.PHONY: sam-build
sam-build: ## sam build for a deployment: .aws-sam/build (ARCHITECTURE=arm64 or x86_64)
	GOFLAGS="$(SAM_GOFLAGS)" CGO_ENABLED=0 sam build --parameter-overrides Architecture=$(ARCHITECTURE)

# invoke-<function> answers events/<function>.json, or EVENT=file: under sam local (Docker), with a DynamoDB and a `davit local` on this machine, those of
# `make start-api` if it runs; with NO_DOCKER=1 the real bootstrap runs under the project's own Lambda Runtime API, with stand-ins for the services.
EVENT ?=
.PHONY: $(addprefix invoke-,$(FUNCTIONS))
$(addprefix invoke-,$(FUNCTIONS)): invoke-%:
ifdef NO_DOCKER
	@$(GO_BUILD) -o bin/functions/$*/bootstrap ./functions/$*
	@$(GO) run ./cmd/lambda-invoke -env events/env.json -stand-ins bin/functions/$*/bootstrap $(or $(EVENT),events/$*.json)
else
	@scripts/tools >/dev/null
	@scripts/sam-local invoke $* $(or $(EVENT),events/$*.json)
endif

.PHONY: start-api
start-api: ## serve the HTTP API by sam local (Docker) on 127.0.0.1:3000 (PORT), with a DynamoDB and a davit local on this machine, until Ctrl-C
	@scripts/tools >/dev/null
	@PORT=$(or $(PORT),3000) scripts/sam-local start-api

.PHONY: local
local: ## serve the API and the ECS endpoint on this machine until Ctrl-C
	@$(GO) run ./cmd/davit local

$(GOLANGCI):
	@mkdir -p .tools
	GOBIN=$(CURDIR)/.tools $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv .tools/golangci-lint $(GOLANGCI)
