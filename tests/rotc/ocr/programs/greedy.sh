#!/bin/sh
# A tesseract that takes more memory than any page needs.
case "$1" in
    --list-langs) printf 'eng\nfil\nspa\n' ;;
    *) exec awk 'BEGIN { text = "x"; while (length(text) < 4000000000) text = text text; print length(text) }' ;;
esac
