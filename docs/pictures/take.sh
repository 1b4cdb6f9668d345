#!/usr/bin/env bash
# Pictures of the pages of the invented stories, for the README: take.sh PAGES [CHROMIUM]. `make pictures` calls it.
set -euo pipefail
pages=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

take() {  # NAME SIZE PAGE
    "${chromium}" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" \
        --virtual-time-budget=3000 --window-size="$2" --screenshot="$here/$1.png" "file://$pages/$3" 2>/dev/null
}

chromium=${2:-chromium}
take story 1320,900 stories/ferry-strike.html
take article 1180,620 articles/9ddf7fd0e26b16f1.html#c003
