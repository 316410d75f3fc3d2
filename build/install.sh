#!/usr/bin/env bash
# Checks what Postvak needs and installs what is missing from Debian's or
# Ubuntu's packages.
#
#   install.sh run      what building and running need; never a server
#   install.sh windows  what packing for Windows needs beside that
#   install.sh test     also the servers and tools that the tests use
#   install.sh bench    beside those the peers that the benches measure against
#
# It says what it is going to install before it does. Where it may not install,
# it prints what to install and ends with 1.
set -euo pipefail

go_least=1.26 node_least=20.19

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
at_least() { [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" == "$2" ]]; }

# Compilers are the person's own choice: they are asked for, never replaced.
check_languages() {
	local wrong=0 found
	if ! have git; then
		say "git is missing. Install it, for example with: apt-get install git"
		wrong=1
	fi
	found="$(go env GOVERSION 2>/dev/null || true)"
	if ! at_least "${found#go}" "$go_least"; then
		say "Go $go_least or newer is needed (found: ${found:-none}). Install it from https://go.dev/dl/ and put its bin folder in PATH."
		wrong=1
	fi
	found="$(node --version 2>/dev/null || true)"
	if ! at_least "${found#v}" "$node_least" || ! have npm; then
		say "Node.js $node_least or newer with npm is needed (found: ${found:-none}). Install it from https://nodejs.org/ and put its bin folder in PATH."
		wrong=1
	fi
	return "$wrong"
}

# want COMMAND PACKAGE…: the packages are missing when the command is.
missing=()
want() { have "$1" || missing+=("${@:2}"); }

find_missing_for_run() {
	want cc build-essential
	want pkg-config pkg-config
	if ! have pkg-config || ! pkg-config --exists webkit2gtk-4.1 gtk+-3.0; then
		missing+=(libwebkit2gtk-4.1-dev libgtk-3-dev)
	fi
}

# Compiles the program for Windows and packs it.
find_missing_for_windows() {
	want x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
	want makensis nsis
}

find_missing_for_test() {
	local PATH="$PATH:/usr/sbin:/usr/lib/dovecot" package
	find_missing_for_run
	want Xvfb xvfb
	want xauth xauth
	want xdotool xdotool
	want import imagemagick
	want dunst dunst
	want dbus-run-session dbus
	want dbus-launch dbus-x11
	want openbox openbox
	want xwininfo x11-utils
	want wmctrl wmctrl
	want gnome-keyring-daemon gnome-keyring
	want xfce4-panel xfce4-panel
	want gio libglib2.0-bin
	want xdg-mime xdg-utils
	want update-desktop-database desktop-file-utils
	# Read and try the Linux packages.
	want appstreamcli appstream
	want rpm rpm
	want dpkg-shlibdeps dpkg-dev
	want chromium chromium
	want WebKitWebDriver webkit2gtk-driver
	want mbsync isync
	want dovecot dovecot-core
	want imap dovecot-imapd
	want lmtp dovecot-lmtpd
	find_missing_for_windows
	want wine wine64 wine
	if ! [[ -e /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf ]]; then
		missing+=(fonts-noto-color-emoji)
	fi
	if ! [[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]]; then
		missing+=(fonts-dejavu-core)
	fi
	# Installing Postfix removes whatever mail server a machine has, so it
	# comes only where there is none. Tests fall back to a server in process.
	if ! [[ -e /usr/sbin/sendmail ]]; then
		missing+=(postfix)
	fi
}

# mbsync is a peer, too, but the tests use it already.
find_missing_for_bench() {
	find_missing_for_test
	want mu maildir-utils
	want notmuch notmuch
	if ! [[ -e /usr/include/notmuch.h ]]; then
		missing+=(libnotmuch-dev)
	fi
}

# Runs as root: installs without a question and without starting a daemon.
install_as_root() {
	export DEBIAN_FRONTEND=noninteractive
	local apt=(apt-get -q -y -o DPkg::Lock::Timeout=500) policy=/usr/sbin/policy-rc.d kept=""
	if [[ -e $policy ]]; then
		kept="$(mktemp)"
		cp -p "$policy" "$kept"
	fi
	trap 'if [[ -n "'"$kept"'" ]]; then mv "'"$kept"'" '"$policy"'; else rm -f '"$policy"'; fi' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
	if have debconf-set-selections; then
		echo "postfix postfix/main_mailer_type select Local only" | debconf-set-selections
	fi
	"${apt[@]}" update || say "apt-get update failed; going on with the lists that are here."
	"${apt[@]}" install --no-install-recommends "$@"
	# Nor at the next start of the computer.
	local server
	for server in dovecot postfix; do
		if [[ " $* " == *" $server"* ]] && have systemctl; then
			systemctl disable "$server" >/dev/null 2>&1 || true
		fi
	done
}

install_missing() {
	[[ ${#missing[@]} -eq 0 ]] && return 0
	if ! have apt-get; then
		say "These are missing (Debian's names): ${missing[*]}"
		say "Install them with your system's package manager and try again."
		return 1
	fi
	local sudo=()
	if [[ $EUID -ne 0 ]]; then
		if have sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
			sudo=(sudo)
		else
			say "These packages are missing, and installing them takes root. Run this and try again:"
			say "  apt-get install ${missing[*]}"
			return 1
		fi
	fi
	say "Installing with apt-get: ${missing[*]}"
	"${sudo[@]}" bash "${BASH_SOURCE[0]}" as-root "${missing[@]}" >&2
}

case "${1:-}" in
as-root)
	shift
	install_as_root "$@"
	;;
run | windows | test | bench)
	check_languages
	"find_missing_for_$1"
	install_missing
	;;
*)
	say "usage: install.sh run|windows|test|bench"
	exit 2
	;;
esac
