#!/bin/sh
# A tesseract that has every language and never ends.
case "$1" in
    --list-langs) printf 'eng\nfil\nspa\n' ;;
    *) exec sleep 600 ;;
esac
