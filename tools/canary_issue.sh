#!/usr/bin/env bash
# Open one issue when the canary fails, add to it while it does, close it when it sings again.
# The workflow says the results in $RESULTS and its run in $RUN; gh reads $GH_TOKEN and $GH_REPO.
set -euo pipefail
title="The weekly canary is silent"
how="What to do about each: CONTRIBUTING.md, \"When the canary is silent\"."
number=$(gh issue list --state open --search "in:title \"$title\"" --json number --jq '.[0].number // empty')
if grep -qE 'failure|cancelled|skipped' <<<"$RESULTS"; then
  if [ -n "$number" ]; then
    gh issue comment "$number" --body "Still: $RESULTS. $RUN"
  else
    gh issue create --title "$title" --body "$RESULTS. $RUN $how"
  fi
elif [ -n "$number" ]; then
  gh issue close "$number" --comment "All is well again: $RUN"
fi
