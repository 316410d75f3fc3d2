#!/usr/bin/env bash
# Packs a built program for Debian and Ubuntu (.deb) and for Fedora and openSUSE
# (.rpm); build/linux/nfpm.yaml says what is in the packages.
#
#   package-linux.sh [PROGRAM [FOLDER]]   build/bin/postvak, into build/bin
#
# It prints the packages' paths. The same program of the same commit gives the
# same packages, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."

program="${1:-build/bin/postvak}" folder="${2:-build/bin}"
read -r VERSION _ date < <(build/version.sh)
[[ $date != unknown ]] || date="$(TZ=UTC date -r LICENSE +%Y-%m-%dT%H:%M:%SZ)" # a folder that is no repository
ARCH="$(go env GOARCH)"

said="$("$program" --version)"
if [[ "$said " != "postvak $VERSION "* ]]; then
	echo "$program says it is \"$said\", but version $VERSION is to be packed. Build it anew and try again." >&2
	exit 1
fi

# The C library of the system that it was linked on sets the oldest one it runs on.
GLIBC="$(LC_ALL=C objdump -T "$program" | grep -o 'GLIBC_2[.0-9]*' | sort -uV | tail -n1)"
GLIBC="${GLIBC#GLIBC_}"

made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
sed -e "s/VERSION/$VERSION/" -e "s/DATE/${date%%T*}/" build/linux/postvak.metainfo.xml >"$made/metainfo.xml"

mkdir -p "$folder"
export VERSION ARCH GLIBC PROGRAM="$program" METAINFO="$made/metainfo.xml"
SOURCE_DATE_EPOCH="$(date -d "$date" +%s)"
export SOURCE_DATE_EPOCH
for kind in deb rpm; do
	package="$folder/postvak_${VERSION}_$ARCH.$kind"
	build/bin/nfpm package --config build/linux/nfpm.yaml --packager "$kind" --target "$made/package.$kind" >"$made/said" || {
		cat "$made/said" >&2
		exit 1
	}
	mv "$made/package.$kind" "$package"
	echo "$package"
done
