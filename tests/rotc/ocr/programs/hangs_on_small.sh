#!/bin/sh
# A tesseract that never ends a picture below six million pixels.
case "$1" in
    --list-langs) exec tesseract "$@" ;;
esac
picture=$(mktemp)
cat >"$picture"
size=$(wc -c <"$picture")
exec <"$picture"
rm "$picture"
[ "$size" -gt 6000000 ] || exec sleep 600
exec tesseract "$@"
