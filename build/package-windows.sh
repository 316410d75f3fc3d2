#!/usr/bin/env bash
# Builds the program for Windows (64 bits) and packs it into an installer;
# build/windows says what the installer does.
#
#   package-windows.sh [FOLDER [PROGRAM]]   into build/bin; PROGRAM is packed
#                                           instead of being built
#
# It prints the paths of both. mingw-w64 and NSIS are needed (build/install.sh
# test). The window must be built before: `make package-windows` does.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="${1:-build/bin}" program="${2:-}"
read -r version _ < <(build/version.sh)
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"

go run ./build/icons "$made/postvak.ico"

if [[ -z $program ]]; then
	program="$folder/postvak.exe"
	cp build/windows/postvak.rc build/windows/postvak.exe.manifest "$made/"
	(cd "$made" &&
		x86_64-w64-mingw32-windres -DVERSION="$version" -DNUMBERS="${version//./,},0" postvak.rc -O coff resources.o)
	# Go writes the flags into the program: the path must be the same each time.
	mv "$made/resources.o" "$program.resources"
	trap 'rm -rf "$made" "$program.resources"' EXIT
	# Go does not know that this file changed: a program that is there already
	# would be taken for the same.
	rm -f "$program"
	GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc go build -tags desktop,production,sqlite_fts5 \
		-ldflags "-w -s -H windowsgui -extldflags=$program.resources $(build/version.sh ldflags)" -o "$program" .
	echo "$program"
fi

installer="$folder/postvak_${version}_amd64-setup.exe"
makensis -V2 -WX -INPUTCHARSET UTF8 "-XTarget amd64-unicode" -DVERSION="$version" -DPROGRAM="$(realpath "$program")" \
	-DICON="$made/postvak.ico" -DLICENCE="$PWD/LICENSE" -DOUT="$installer" build/windows/postvak.nsi
echo "$installer"
