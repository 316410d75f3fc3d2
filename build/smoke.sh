#!/usr/bin/env bash
# Tries an installed program on any system, without a window:
#
#   smoke.sh PROGRAM [VERSION]
#
# It must say its version, start the demo team, show its mail and end when told.
# curl is needed.
set -euo pipefail

program="$1" version="${2:-}"
said="$("$program" --version | tr -d '\r')"
echo "$said"
[[ "$said " == "postvak ${version:+$version }"* ]] || { echo "It is not version $version." >&2; exit 1; }

data="$(mktemp -d)"
: >"$data/out"
"$program" --headless --sandbox --data "$data/demo" >"$data/out" &
running=$!
trap 'kill "$running" 2>/dev/null || true; wait "$running" 2>/dev/null || true; rm -rf "$data" 2>/dev/null || true' EXIT

call() { curl -sS --fail-with-body --max-time 30 -X POST -H "Authorization: Bearer ${url##*token=}" -d '[]' "${url%%/\?*}/call/$1"; }

url=""
for ((second = 0; second < 120; second++)); do
	kill -0 "$running" || { echo "The program has ended." >&2; exit 1; }
	[[ -n $url ]] || url="$(tr -d '\r' <"$data/out" | sed -n 's/.*"url":"\([^"]*\)".*/\1/p')"
	# The demo's first mails stand in Unassigned.
	if [[ -n $url ]] && sections="$(call Inbox.Sections)" && [[ $sections =~ \"unassigned\",\"total\":[1-9] ]]; then
		echo "$sections"
		about="$(call Settings.About)"
		echo "${about:0:120}"
		exit
	fi
	sleep 1
done
echo "No mail of the demo team came within two minutes." >&2
exit 1
