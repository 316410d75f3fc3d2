#!/usr/bin/env bash
# Opens the demo team: in a window where there is a display, else over HTTP.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]]; then
	exec build/bin/postvak --sandbox
fi
echo "There is no display here: open the address below in a browser. Ctrl-C ends Postvak." >&2
exec build/bin/postvak --headless --sandbox
