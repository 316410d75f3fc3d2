#!/usr/bin/env bash
# Builds Postvak.app for macOS 12 or newer, on Apple's and on Intel's processors,
# and packs it into a disk image. That needs a Mac with Xcode's command line
# tools: Apple's headers are not to be had elsewhere.
#
#   package-macos.sh [FOLDER]         into build/bin
#   package-macos.sh bundle FOLDER    Postvak.app without its program: all that
#                                     can be made anywhere
#
# POSTVAK_SIGN_AS names the "Developer ID Application: …" certificate to sign
# with (else the program is signed for this computer alone), POSTVAK_NOTARY the
# notarytool profile with which Apple is asked to notarise it.
# The window must be built before: `make package-macos` does.
set -euo pipefail
cd "$(dirname "$0")/.."

read -r version _ < <(build/version.sh)

# bundle FOLDER: everything but the program.
bundle() {
	local contents="$1/Postvak.app/Contents"
	rm -rf "$1/Postvak.app"
	mkdir -p "$contents/MacOS" "$contents/Resources"
	sed "s/VERSION/$version/" build/macos/Info.plist >"$contents/Info.plist"
	printf 'APPL????' >"$contents/PkgInfo"
	go run ./build/icons "$contents/Resources/postvak.icns"
	cp LICENSE "$contents/Resources/LICENSE.txt"
}

# program OUT: one file for both processors.
program() {
	local arch parts=()
	for arch in arm64 amd64; do
		GOOS=darwin GOARCH=$arch CGO_ENABLED=1 MACOSX_DEPLOYMENT_TARGET=12.0 \
			CGO_CFLAGS="-O2 -mmacosx-version-min=12.0" CGO_LDFLAGS="-mmacosx-version-min=12.0 -framework UniformTypeIdentifiers" \
			go build -tags desktop,production,sqlite_fts5 -ldflags "-w -s $(build/version.sh ldflags)" -o "$1-$arch" .
		parts+=("$1-$arch")
	done
	lipo -create -output "$1" "${parts[@]}"
	rm "${parts[@]}"
}

if [[ ${1:-} == bundle ]]; then
	bundle "${2:?package-macos.sh bundle FOLDER}"
	exit
fi
if [[ $(uname -s) != Darwin ]]; then
	echo "Postvak for macOS can be built on a Mac only. Run this there, or have it built by .github/workflows/packages.yml." >&2
	exit 1
fi

folder="${1:-build/bin}"
image="$folder/postvak_${version}_universal.dmg"
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
mkdir -p "$folder"
bundle "$made/image"
program "$made/image/Postvak.app/Contents/MacOS/postvak"

sign=(--force --sign "${POSTVAK_SIGN_AS:--}")
[[ -z ${POSTVAK_SIGN_AS:-} ]] || sign+=(--timestamp)
codesign "${sign[@]}" --options runtime --entitlements build/macos/entitlements.plist "$made/image/Postvak.app"
codesign --verify --strict "$made/image/Postvak.app"

ln -s /Applications "$made/image/Applications"
hdiutil create -quiet -ov -format UDZO -fs HFS+ -volname Postvak -srcfolder "$made/image" "$image"
if [[ -n ${POSTVAK_NOTARY:-} ]]; then
	codesign "${sign[@]}" "$image"
	xcrun notarytool submit "$image" --keychain-profile "$POSTVAK_NOTARY" --wait
	xcrun stapler staple "$image"
fi
rm -rf "$folder/Postvak.app"
cp -R "$made/image/Postvak.app" "$folder/"
echo "$folder/Postvak.app"
echo "$image"
