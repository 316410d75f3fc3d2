#!/usr/bin/env bash
# The bindings: the bound Go services in TypeScript. The window names the shapes
# that it needs by hand, in frontend/src/lib/backend; frontend/src/test/drift.ts
# holds them to these, of which nothing is in the built window.
#
#   bindings.sh write   makes frontend/wailsjs anew
#   bindings.sh check   fails when it is not what would be made now
#
# Wails makes them by running the program built with the tag "bindings", in a
# folder with wails.json; it opens no window and needs no GTK.
set -euo pipefail
cd "$(dirname "$0")/.."

made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
go build -tags bindings,sqlite_fts5 -o "$made/bindings" .
cp wails.json "$made/"
mkdir -p "$made/frontend"
(cd "$made" && tsoutputtype=interfaces ./bindings)

# One of the shapes is called Record too, and would be meant by this.
models="$made/frontend/wailsjs/go/models.ts"
sed 's/: Record<string, string>;/: { [key: string]: string };/' "$models" >"$made/models.ts"
cat "$made/models.ts" >"$models"

case "${1:-}" in
write)
	rm -rf frontend/wailsjs
	cp -r "$made/frontend/wailsjs" frontend/wailsjs
	;;
check)
	if ! diff -r "$made/frontend/wailsjs" frontend/wailsjs; then
		echo "The bound services changed: run 'make bindings' and commit frontend/wailsjs." >&2
		exit 1
	fi
	;;
*)
	echo "usage: bindings.sh write|check" >&2
	exit 2
	;;
esac
