#!/usr/bin/env bash
# Draws build/appicon.png: a white tray on a dark rounded square.
set -euo pipefail
cd "$(dirname "$0")"

convert -size 1024x1024 xc:none \
	-fill '#1b1b19' -draw 'roundrectangle 32,32 991,991 232,232' \
	-fill none -stroke white -strokewidth 56 \
	-draw 'stroke-linejoin round path "M 300,316 L 724,316 Q 756,316 756,348 L 756,676 Q 756,708 724,708 L 300,708 Q 268,708 268,676 L 268,348 Q 268,316 300,316 Z"' \
	-draw 'stroke-linecap butt stroke-linejoin round path "M 268,520 L 396,520 L 436,592 Q 444,604 460,604 L 564,604 Q 580,604 588,592 L 628,520 L 756,520"' \
	-strip -define png:exclude-chunks=date,time PNG32:appicon.png

# The sizes that Linux desktops look for; linux/icons/postvak.svg is the same
# drawing for all others.
for size in 16 24 32 48 64 128 256 512; do
	convert appicon.png -filter Mitchell -resize "${size}x$size" \
		-strip -define png:exclude-chunks=date,time "PNG32:linux/icons/postvak-$size.png"
done
