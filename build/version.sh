#!/usr/bin/env bash
# Says which Postvak the files here are, for whatever builds or packs them.
#
#   version.sh           VERSION COMMIT DATE, such as "1.2.0 0123456789ab 2026-11-23T12:48:00Z"
#   version.sh ldflags   the same as flags for Go's linker
#
# VERSION is the nearest tag's (v1.2.0), else that of app/about/VERSION; COMMIT
# has "-changed" behind it when files differ from it; DATE is the commit's, so
# that a build can be repeated. Outside a repository COMMIT and DATE are
# "unknown". POSTVAK_VERSION=1.2.1 gives another version, to try an upgrade.
set -euo pipefail
cd "$(dirname "$0")/.."

commit=unknown date=unknown tag=""
if [[ "$(git rev-parse --show-toplevel 2>/dev/null || true)" == "$(pwd -P)" ]] && git rev-parse -q --verify HEAD >/dev/null; then
	commit="$(git rev-parse --short=12 HEAD)"
	date="$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)"
	tag="$(git describe --tags --abbrev=0 --match 'v[0-9]*.[0-9]*.[0-9]*' --exclude '*-*' 2>/dev/null || true)"
	[[ -z "$(GIT_OPTIONAL_LOCKS=0 git status --porcelain --untracked-files=no 2>/dev/null)" ]] || commit+=-changed
fi
version="${POSTVAK_VERSION:-}"
if [[ -z $version ]]; then
	version="${tag#v}"
	[[ -n $version ]] || version="$(tr -d '[:space:]' <app/about/VERSION)"
fi
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
	echo "\"$version\" is no version: three numbers with dots between, such as 1.2.0." >&2
	exit 1
fi

case "${1:-}" in
"") echo "$version $commit $date" ;;
ldflags)
	set_to() { [[ $2 == unknown ]] && set -- "$1" ""; printf -- '-X postvak/app/about.%s=%s' "$1" "$2"; }
	echo "$(set_to version "$version") $(set_to commit "$commit") $(set_to date "$date")"
	;;
*)
	echo "usage: version.sh [ldflags]" >&2
	exit 2
	;;
esac
